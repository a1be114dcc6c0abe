import { arenaChanges } from "../../session/queries/arenaChanges.js";
import { NEARLY_EMPTY } from "../../model/pymalloc/pins.js";
import { compared } from "../../session/queries/arenaComparison.js";
import { summarizeArenas } from "../../session/queries/arenaCounts.js";
import type { ArenasResult, EarlierArenas, PolicyRow } from "../../session/queries/arenaRows.js";
import { arena, arenaPins, arenas } from "../../session/queries/arenas.js";
import { info } from "../../session/queries/info.js";
import type { Session } from "../../session/Session.js";
import { printJson, printLines } from "../output.js";
import { type CommonOptions, openSession, UsageError } from "../run.js";
import {
  allocatorLines,
  arenaDetailLines,
  arenaMapLines,
  ownerLines,
  policyLines,
  sizeLines,
  suggestionLines,
} from "./arenaLines.js";
import { isTrace, runReplay } from "./replay.js";

const PINS_IN_JSON = 50;

export interface ArenasOptions extends CommonOptions {
  readonly policy?: string;
  /** Per cent. */
  readonly nearlyEmpty?: number;
  readonly arena?: string;
  readonly owners?: true;
  readonly suggest?: true;
  readonly sizes?: true;
}

/** `ouroboros arenas FILE…`: snapshots of one process, or one allocation trace. */
export async function runArenas(files: readonly string[], options: ArenasOptions): Promise<void> {
  checkOptions(options);
  if (files.length === 1 && (await isTrace(files[0]))) {
    const other = OF_SNAPSHOTS.find(([key]) => options[key] !== undefined);
    if (other) throw new UsageError(`${other[1]} is for snapshots, and ${files[0]} is a trace of allocations`);
    return runReplay(files[0], options);
  }
  const limit = options.nearlyEmpty === undefined ? NEARLY_EMPTY : options.nearlyEmpty / 100;
  const { session, earlier } = await newest(files, limit);
  const all = options.all === true;
  if (options.arena !== undefined) {
    const details = arena(session, options.arena, { all });
    await (options.json
      ? printJson(details)
      : printLines(arenaDetailLines(details.arena, details.pins, details.pinsTotal)));
    return;
  }
  const result = arenas(session, compared(session, earlier), { limit, all });
  const list = chosenList(session, result, options);
  await (options.json ? printJson(list.rows) : printLines(lines(result, list)));
}

/** What is asked for, as JSON and as text; `isExact`: an estimate does not tell it. */
interface List {
  readonly rows: unknown;
  readonly lines: Iterable<string>;
  readonly isExact?: true;
}

function chosenList(session: Session, result: ArenasResult, options: ArenasOptions): List {
  const all = options.all === true;
  if (options.policy !== undefined) {
    const rows = chosenPolicies(result, options.policy);
    return { rows, lines: policyLines(rows), isExact: true };
  }
  if (options.owners) return { rows: result.owners, lines: ownerLines(result, all), isExact: true };
  if (options.suggest) return { rows: result.suggestion.steps, lines: suggestionLines(result, all), isExact: true };
  if (options.sizes) return { rows: result.classes, lines: sizeLines(result) };
  return { rows: arenasWithPins(session, result, all), lines: arenaMapLines(result, all) };
}

function* lines(result: ArenasResult, list: List): Generator<string> {
  yield* allocatorLines(result);
  if (result.arenas.length > 0 && (result.allocator.source === "exact" || !list.isExact)) yield* list.lines;
}

/** Options that choose what is listed, of which one is given at most; those of a trace are not among them. */
const OF_SNAPSHOTS = [
  ["arena", "--arena"],
  ["owners", "--owners"],
  ["suggest", "--suggest"],
  ["sizes", "--sizes"],
  ["nearlyEmpty", "--nearly-empty"],
] as const;

function checkOptions(options: ArenasOptions): void {
  const lists = [...OF_SNAPSHOTS.slice(0, 4), ["policy", "--policy"] as const];
  const given = lists.filter(([key]) => options[key] !== undefined).map(([, name]) => name);
  if (given.length > 1) throw new UsageError(`${given.join(" and ")} exclude each other; give one of them`);
}

/** The newest of some snapshots, open, and what is kept of the others. */
async function newest(
  files: readonly string[],
  limit: number,
): Promise<{ session: Session; earlier: readonly EarlierArenas[] }> {
  let session = await openSession(files[0]);
  const earlier: EarlierArenas[] = [];
  for (const file of files.slice(1)) {
    const other = await openSession(file);
    const isLater = (info(other).capturedAt ?? "") >= (info(session).capturedAt ?? "");
    earlier.push(summarizeArenas(isLater ? session : other, limit));
    if (isLater) session = other;
  }
  return { session, earlier };
}

const POLICIES: readonly PolicyRow["policy"][] = ["stack", "nearly-full", "collection", "best"];

function chosenPolicies({ policies }: ArenasResult, wanted: string): ArenasResult["policies"] {
  if (wanted === "all") return policies;
  if (!POLICIES.some((policy) => policy === wanted)) {
    throw new UsageError(`there is no policy ${JSON.stringify(wanted)}; there are ${POLICIES.join(", ")} and all`);
  }
  return policies.filter(({ policy }) => policy === wanted);
}

function* arenasWithPins(session: Session, result: ArenasResult, all: boolean): Generator<unknown> {
  const earliest = result.earlier.at(0);
  const changes = earliest && new Map(arenaChanges(earliest, result).map((changed) => [changed.address, changed]));
  for (const row of changes ? [...changes.values()].map(({ now, then }) => (now ?? then)!) : result.arenas) {
    const changed = changes?.get(row.address);
    const hasPins = changed?.change !== "released" && row.nearlyEmpty;
    yield {
      ...row,
      ...(changed && { change: changed.change, bytesBefore: changed.then?.bytesInUse ?? null }),
      ...(hasPins && arenaPins(session, row.address, all ? Infinity : PINS_IN_JSON)),
    };
  }
}
