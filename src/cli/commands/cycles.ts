import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import { cycles, type CyclesResult, type FamilyRow } from "../../session/queries/cycles.js";
import { mergeCuts } from "../../session/queries/cutRows.js";
import type { Session } from "../../session/Session.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSession } from "../run.js";

const FAMILIES_SHOWN = 20;
const EDGES_SHOWN = 8;
const CUTS_SHOWN = 5;
const TEXT = 2000;

/** `ouroboros cycles FILE` */
export async function runCycles(file: string, options: CommonOptions): Promise<void> {
  const session = await openSession(file);
  const result = cycles(session, { all: options.all === true });
  await (options.json ? printJson(result) : printLines(cycleLines(session, result, options.all === true)));
}

function* cycleLines(session: Session, result: CyclesResult, all: boolean): Generator<string> {
  const garbage = result.families.filter((family) => family.garbage);
  const alive = result.families.filter((family) => !family.garbage);
  const limit = all ? Infinity : FAMILIES_SHOWN;
  yield pc.bold(`Garbage: ${families(garbage.length)} of cycles that only the collector can free`);
  for (const family of garbage.slice(0, limit)) yield* familyLines(session, family);
  if (garbage.length > limit) yield pc.dim(`… and ${garbage.length - limit} more: --all`);
  yield "";
  yield (
    pc.bold(`Alive: ${families(alive.length)}`) +
    pc.dim(
      ` (and ${result.infrastructure.sccs} of the interpreter's own, the largest of ${formatCount(result.infrastructure.largest)} objects)`,
    )
  );
  for (const family of alive.slice(0, limit)) yield* familyLines(session, family);
  if (alive.length > limit) yield pc.dim(`… and ${alive.length - limit} more: --all`);
}

function families(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "family" : "families"}`;
}

function* familyLines(session: Session, family: FamilyRow): Generator<string> {
  const pinned = family.pinned > 0 ? ` + ${formatBytes(family.pinned)} pinned` : "";
  const place = family.location ? `${pc.bold(placeText(family.location))}  ` : "";
  yield "";
  yield `${place}${formatCount(family.count)} × ${printable(family.signature)}`;
  yield `  ${formatBytes(family.bytes)}${pinned}`;
  const name = (id: string) => printable(session.graph.nodeName(session.node(id)));
  for (const edge of family.edges.slice(0, EDGES_SHOWN)) {
    yield pc.dim(`  ${edge.from} ${name(edge.from)} ${printable(edge.label)} → ${edge.to} ${name(edge.to)}`);
  }
  if (family.edges.length > EDGES_SHOWN) yield pc.dim(`  … more references: --json lists them`);
  const cuts = mergeCuts(session.graph, family.cuts);
  for (const { label, why, count } of cuts.slice(0, CUTS_SHOWN)) {
    const times = count > 1 ? ` ×${formatCount(count)}` : "";
    yield `  ${pc.green("cut")} ${printable(label)}${times}: ${printable(why, TEXT)}`;
  }
  if (cuts.length > CUTS_SHOWN) yield pc.dim(`  … ${formatCount(cuts.length - CUTS_SHOWN)} more: --json lists them`);
  if (family.cutsNote !== undefined) yield pc.dim(`  (${printable(family.cutsNote, TEXT)})`);
  if (family.fix !== undefined) yield `  ${pc.green("fix")} ${printable(family.fix, TEXT)}`;
  if (family.noCuts !== undefined) yield `  ${pc.yellow("no cut")}: ${printable(family.noCuts, TEXT)}`;
}
