import type { Arrow, Box } from "../../picture/Picture.js";
import type { CutPreview, CutStep, Fate, HolderName } from "../../session/queries/cut.js";
import type { FamilyDetails } from "../../session/queries/families.js";
import { plural, text } from "../format.js";

const CODE = 80;

/** The references from one object to another, cut for trial. */
export interface Cut {
  /** That of their arrow. */
  readonly key: string;
  /** Ids of objects. */
  readonly from: string;
  readonly to: string;
}

/** A cut, or why there is none. */
export type ArrowCut = Cut | { readonly reason: string };

/** What becomes of an object that is drawn. `heldBy` null: something outside the heap holds it. */
export interface BoxFate {
  readonly fate: Fate;
  readonly heldBy: HolderName | null;
  /** It stays although something that held it goes. */
  readonly survives: boolean;
}
/** By id. */
export type Fates = ReadonlyMap<string, BoxFate>;

/** One suggested cut, and how far it is cut in the picture. */
export interface SuggestedCut {
  readonly name: string;
  readonly label: string;
  readonly to: string;
  readonly why: string;
  readonly idiom: string;
  readonly code: string | undefined;
  /** How many references it stands for, and those of them that could be cut. */
  readonly count: number;
  readonly cuts: readonly Cut[];
}

/** Where to cut a cycle. */
export interface Suggestion {
  readonly rows: readonly SuggestedCut[];
  /** All that is to be done, in one text. */
  readonly fix: string | undefined;
  /** Why there is nothing to cut. */
  readonly none: string | undefined;
}

export function isCut(cut: ArrowCut): cut is Cut {
  return "key" in cut;
}

function keyOf(from: string, to: string): string {
  return `${from}>${to}`;
}

/** What an arrow stands for as a cut, or why it can't be cut. */
export function cutOf(arrow: Arrow, boxes: ReadonlyMap<string, Box>): ArrowCut {
  const from = boxes.get(arrow.from);
  const to = boxes.get(arrow.to);
  if (from?.kind !== "object" || to?.kind !== "object")
    return { reason: "It stands for references of objects that are not drawn: draw them first." };
  if (arrow.weak) return { reason: "It is a weak reference: it keeps nothing alive." };
  return { key: arrow.key, from: from.id, to: to.id };
}

/** What becomes of each object that was asked for. */
export function fatesOf(preview: CutPreview, cuts: readonly Cut[], arrows: ReadonlyMap<string, Arrow>): Fates {
  const survivors = new Set([...preview.survivors.map(({ id }) => id), ...cuts.map(({ to }) => to)]);
  const fates = new Map<string, BoxFate>();
  for (const { id, fate, heldBy } of preview.fates)
    fates.set(id, { fate, heldBy: heldBy ?? null, survives: fate === "stays" && survivors.has(id) });
  // The list of survivors ends somewhere; the picture tells of those that are drawn.
  if (preview.survivors.length < preview.survivorsTotal) {
    for (const { from, to, weak } of arrows.values()) {
      const goes = fates.get(from);
      const stays = fates.get(to);
      if (!weak && goes && goes.fate !== "stays" && stays?.fate === "stays")
        fates.set(to, { ...stays, survives: true });
    }
  }
  return fates;
}

/** What is written on a box, or null for one that the cuts don't touch. */
export function fateTag({ fate, heldBy, survives }: BoxFate): string | null {
  if (fate === "now") return "dies";
  if (fate === "collection") return "next collection";
  return survives ? `stays: held by ${holderName(heldBy)}` : null;
}

/** What becomes of an object: the predicate of a sentence about it. */
export function fateText({ fate, heldBy }: BoxFate): string {
  if (fate === "now") return "dies at once";
  return fate === "collection" ? "is freed by the next collection" : `stays: held by ${holderName(heldBy)}`;
}

/** The name of what holds an object. */
export function holderName(holder: HolderName | null): string {
  return holder?.name ?? "something outside the snapshot";
}

const STEP_WORDS: Readonly<Record<CutStep["kind"], string>> = {
  dies: "dies",
  finalizer: "finalizer runs",
  callback: "weakref callback runs",
  close: "generator is closed",
};

/** What happens in a step of the destruction. */
export function stepText({ kind, code }: CutStep): string {
  const file = code?.location?.file.split(/[\\/]/).at(-1);
  const place = file === undefined ? "" : ` (${text(file, CODE)}:${code!.location!.line})`;
  if (kind === "dies") return STEP_WORDS.dies;
  if (kind === "close") return STEP_WORDS.close + place;
  return code === undefined ? STEP_WORDS[kind] : `${STEP_WORDS[kind]}: ${text(code.name, CODE)}${place}`;
}

/** The suggested cuts of a family, found in the picture of one of its cycles, each reference once. */
export function suggestionOf(
  { cuts, fix, noCuts, examples, edges }: FamilyDetails,
  arrows: ReadonlyMap<string, Arrow>,
  boxes: ReadonlyMap<string, Box>,
): { readonly suggestion: Suggestion; readonly cuts: readonly Cut[] } {
  const inCycle = [...arrows.values()].filter((arrow) => arrow.inCycle);
  const members = new Set([...examples.slice(0, 1), ...edges.map(({ from }) => ({ id: from }))].map(({ id }) => id));
  // The ids are those of the first cycle; of another one the picture shows what corresponds to them.
  const first = inCycle.some(({ from }) => members.has(from));
  const rows = cuts.map((cut): SuggestedCut => {
    const { from, to, label, fromName, toName, why, idiom, code, count } = cut;
    const found = new Map<string, Cut>();
    if (first) found.set(keyOf(from, to), { key: keyOf(from, to), from, to });
    if (!first || count > 1) {
      for (const arrow of inCycle) {
        if (found.size === count) break;
        const ends = cutOf(arrow, boxes);
        if (isCut(ends) && alike(arrow, boxes, { label, fromName, toName })) found.set(ends.key, ends);
      }
    }
    return { name: fromName, label, to: toName, why, idiom, code, count, cuts: [...found.values()] };
  });
  const all = new Map(rows.flatMap((row) => row.cuts).map((cut) => [cut.key, cut]));
  return { suggestion: { rows, fix, none: noCuts }, cuts: [...all.values()] };
}

/** True for an arrow that reads as the references of a suggested cut do. */
function alike(
  { from, to, labels }: Arrow,
  boxes: ReadonlyMap<string, Box>,
  wanted: { readonly label: string; readonly fromName: string; readonly toName: string },
): boolean {
  // In the box itself a long name is cut.
  const named = (key: string, name: string) => boxes.get(key)?.description.startsWith(`${name}, `) ?? false;
  return labels.includes(wanted.label) && named(from, wanted.fromName) && named(to, wanted.toName);
}

/** The text that "Copy fix" copies: what to do, and the line that does it. */
export function fixText({ idiom, code }: SuggestedCut): string {
  return code === undefined ? idiom : `${idiom}\n\n${code}`;
}

/** How much is freed, in a line. */
export function figuresText(preview: CutPreview, count: number, bytes: (n: number) => string): string {
  const { now, collection, garbageBefore } = preview;
  const more =
    collection.objects === 0
      ? "nothing more"
      : `${bytes(collection.bytes)} more (${plural(collection.objects, "object")})`;
  const before = garbageBefore.objects > 0 ? `, besides ${bytes(garbageBefore.bytes)} that was garbage already` : "";
  return [
    `${count} cut`,
    `frees now ${bytes(now.bytes)} (${plural(now.objects, "object")})`,
    `next collection ${more}${before}`,
  ].join(" · ");
}
