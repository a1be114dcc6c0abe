import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { arenaChanges, type ArenaChange } from "../../session/queries/arenaChanges.js";
import type { ArenaOwnerRow, ArenaRow, ArenasResult, PinRow } from "../../session/queries/arenaRows.js";
import { FREE_LISTS_STAY, OUTSIDE_ARENAS } from "../../session/queries/arenaWords.js";
import { placeText } from "../place.js";
import { tableLines } from "../table.js";

const ARENAS_SHOWN = 15;
const OWNERS_SHOWN = 15;
const STEPS_SHOWN = 15;
const PINS_SHOWN = 30;
const HOLDERS_SHOWN = 4;

/** The arena map as text. */
export function* arenaMapLines(result: ArenasResult, all: boolean): Generator<string> {
  const { allocator, totals, arenas: rows, outside } = result;
  const held = rows.length * allocator.arenaBytes;
  yield pc.bold(
    `${formatCount(rows.length)} arenas of ${formatBytes(allocator.arenaBytes)}: ` +
      `${formatBytes(held)}, of which ${formatBytes(totals.bytesInUse)} are in use`,
  );
  yield `${formatCount(totals.blocks)} blocks, ${formatCount(totals.unexplained)} of them belong to no object that is known`;
  yield `outside arenas (${OUTSIDE_ARENAS}): ${formatCount(outside.objects)} objects, ${formatBytes(outside.bytes)}`;
  const empty = rows.filter(({ nearlyEmpty }) => nearlyEmpty);
  yield `nearly empty (at most ${percent(result.nearlyEmptyLimit)} in use): ${formatCount(empty.length)} arenas, ${formatBytes(empty.length * allocator.arenaBytes)}`;
  yield* changeLines(result);
  if (empty.length > 0) {
    yield "";
    yield* arenaLines(empty, all);
  }
  if (allocator.source === "estimate") return;
  if (empty.length > 0) {
    yield "";
    yield* ownerLines(result, all);
    yield "";
    yield* suggestionLines(result, all);
  }
  yield "";
  yield* policyLines(result.policies);
}

/** How the arenas are known, where that is not by the allocator's own records. */
export function* allocatorLines({ allocator, notes }: ArenasResult): Generator<string> {
  if (allocator.problem !== null) yield pc.yellow(allocator.problem);
  else if (allocator.source === "none") yield pc.yellow("Nothing is known of arenas.");
  if (allocator.source === "estimate") {
    yield pc.yellow(
      "Estimated from the addresses of objects: blocks and bytes in use are at least these. What holds arenas can't be told.",
    );
  }
  if (allocator.debug) yield pc.yellow("Debug hooks put bytes around each block, so blocks are larger than usual.");
  for (const note of notes) yield pc.yellow(note);
}

function* arenaLines(rows: readonly ArenaRow[], all: boolean): Generator<string> {
  const sorted = [...rows].sort((a, b) => a.fill - b.fill);
  const shown = all ? sorted : sorted.slice(0, ARENAS_SHOWN);
  yield pc.bold("Nearly empty arenas, the emptiest first (`--arena ADDRESS` tells what holds one)");
  yield* tableLines(
    [
      { title: "address" },
      ...["in use", "pools", "objects", "blocks", "unknown"].map((title) => ({ title, right: true })),
    ],
    shown.map((row) => [
      row.address,
      formatBytes(row.bytesInUse),
      `${row.pools - row.freePools}/${row.pools}`,
      formatCount(row.objects),
      formatCount(row.blocks),
      formatCount(row.unexplained),
    ]),
  );
  yield* more(rows.length - shown.length);
}

/** What holds nearly empty arenas. */
export function* ownerLines({ owners, ownersTotal }: ArenasResult, all: boolean): Generator<string> {
  // The program's start leaves a little of everything in a few arenas.
  const isTelling = ({ arenas, alone }: ArenaOwnerRow) => alone > 0 || arenas >= Math.max(2, owners[0].arenas / 4);
  const shown = all ? owners : owners.filter(isTelling).slice(0, OWNERS_SHOWN);
  yield pc.bold("What holds them (alone: they would be released if its objects went)");
  yield* tableLines(
    [
      ...["arenas", "alone", "bytes", "objects"].map((title) => ({ title, right: true })),
      { title: "held by", max: 60 },
      { title: "" },
    ],
    shown.map((row) => [
      formatCount(row.arenas),
      formatCount(row.alone),
      formatBytes(row.bytes),
      formatCount(row.objects),
      row.name,
      row.location ? placeText(row.location) : "",
    ]),
  );
  yield* more(ownersTotal - shown.length);
}

/** What to let go of. */
export function* suggestionLines({ suggestion }: ArenasResult, all: boolean): Generator<string> {
  const { steps, objects, arenas: released, bytes, isBest, heldByStructure, heldByUnexplained } = suggestion;
  if (released + suggestion.keptEmpty > 0) {
    yield pc.bold(
      `If these ${formatCount(objects)} objects went, ${formatCount(released)} arenas (${formatBytes(bytes)}) would be released` +
        (suggestion.keptEmpty > 0 ? ", and one more unless the interpreter keeps it empty" : ""),
    );
    yield* holderLines(steps);
    const shown = all ? steps : steps.slice(0, STEPS_SHOWN);
    yield* tableLines(
      [
        { title: "objects", right: true },
        { title: "arenas", right: true },
        { title: "this step", max: all ? Infinity : 60 },
        { title: "held by", max: 50 },
        { title: "" },
      ],
      shown.map((step) => [
        formatCount(step.objectsSoFar),
        formatCount(step.arenasSoFar),
        objectsText(step.objects, all),
        [...new Set(step.objects.map(({ heldBy }) => heldBy ?? "?"))].join(", "),
        step.objects[0].location ? placeText(step.objects[0].location) : "",
      ]),
    );
    yield* more(steps.length - shown.length);
    const choice = isBest
      ? "No smaller choice releases as many, at any line."
      : "Found greedily: a smaller choice may do.";
    yield pc.dim(
      suggestion.freeListsStay
        ? `${choice} Counted after a full collection. ${FREE_LISTS_STAY}`
        : `${choice} Counted after a full collection, which empties free lists.`,
    );
  } else {
    yield "No nearly empty arena would be released by letting go of entries of containers alone.";
  }
  if (heldByStructure > 0) {
    yield `${arenasAre(heldByStructure)} held by modules, classes, what they name, or what runs, too`;
  }
  if (heldByUnexplained > 0) {
    yield `${arenasAre(heldByUnexplained)} held by blocks of no known object, too: some may be free lists, which gc.collect() empties; capture again after it`;
  }
}

function arenasAre(count: number): string {
  return count === 1 ? "1 arena is" : `${formatCount(count)} arenas are`;
}

/** How many objects of the steps are in which container. */
function* holderLines(steps: ArenasResult["suggestion"]["steps"]): Generator<string> {
  const counts = new Map<string, number>();
  for (const { heldBy } of steps.flatMap(({ objects }) => objects)) {
    counts.set(heldBy ?? "no name", (counts.get(heldBy ?? "no name") ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]).slice(0, HOLDERS_SHOWN);
  yield `by holder: ${sorted.map(([name, count]) => `${name} ${formatCount(count)}`).join(", ")}`;
}

function objectsText(objects: readonly PinRow[], all: boolean): string {
  const first = (all ? objects : objects.slice(0, 3)).map(({ id, name }) => `${name} ${id}`);
  return objects.length > first.length ? `${first.join(", ")}, … (${formatCount(objects.length)})` : first.join(", ");
}

/** Blocks by size. */
export function* sizeLines({ classes }: ArenasResult): Generator<string> {
  yield pc.bold("Blocks by size");
  yield* tableLines(
    ["bytes", "pools", "in use", "free", "bytes in use"].map((title) => ({ title, right: true })),
    classes.map((row) => [
      formatCount(row.size),
      formatCount(row.pools),
      formatCount(row.blocks),
      formatCount(row.free),
      formatBytes(row.blocks * row.size),
    ]),
  );
}

/** What policies would give back. */
export function* policyLines(policies: ArenasResult["policies"]): Generator<string> {
  yield pc.bold("What policies would give back, as things stand");
  yield* tableLines(
    [
      { title: "policy" },
      ...["arenas held", "given back", "bytes"].map((title) => ({ title, right: true })),
      { title: "that is" },
    ],
    policies.map((row) => [
      row.policy,
      formatCount(row.held),
      formatCount(row.released),
      formatBytes(row.bytes),
      row.what,
    ]),
  );
}

function* changeLines(result: ArenasResult): Generator<string> {
  for (const earlier of result.earlier) {
    const counts: Record<ArenaChange, number> = { released: 0, new: 0, emptier: 0, fuller: 0, same: 0 };
    for (const { change } of arenaChanges(earlier, result)) counts[change]++;
    yield (
      `since ${earlier.file}: of ${formatCount(earlier.arenas.length)} arenas ${formatCount(counts.released)} were released, ` +
      `${formatCount(counts.emptier)} are emptier, ${formatCount(counts.fuller)} fuller, ${formatCount(counts.new)} are new`
    );
  }
}

/** One arena and what holds it. */
export function* arenaDetailLines(row: ArenaRow, pins: readonly PinRow[], total: number): Generator<string> {
  yield pc.bold(
    `Arena ${row.address}: ${formatBytes(row.bytesInUse)} of ${formatBytes(row.bytes)} in use, ` +
      `${row.pools - row.freePools} of ${row.pools} pools`,
  );
  yield `${formatCount(row.blocks)} blocks of ${formatCount(row.objects)} objects; ${formatCount(row.unexplained)} belong to none that is known`;
  yield "";
  yield pc.bold("What has to go for it to be released");
  const shown = pins.slice(0, total === pins.length ? Infinity : PINS_SHOWN);
  yield* tableLines(
    [
      { title: "id" },
      { title: "blocks", right: true },
      { title: "bytes", right: true },
      { title: "is" },
      { title: "object", max: 40 },
      { title: "held by", max: 50 },
      { title: "" },
    ],
    shown.map((pin) => [
      pin.id,
      formatCount(pin.blocks),
      formatBytes(pin.bytes),
      pin.sort,
      pin.name === pin.type ? pin.name : `${pin.name} (${pin.type})`,
      pin.heldBy ?? "",
      pin.location ? placeText(pin.location) : "",
    ]),
  );
  yield* more(total - shown.length);
}

function* more(count: number): Generator<string> {
  if (count > 0) yield pc.dim(`… and ${formatCount(count)} more: --all`);
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
