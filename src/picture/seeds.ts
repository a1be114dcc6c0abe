import type { Finding } from "../detect/Finding.js";
import { formatCount } from "../detect/format.js";
import { renderMessage } from "../detect/messages.js";
import type { NodeIndex } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { printable } from "../heap/names.js";
import type { Analysis } from "../model/Analysis.js";
import { heldAs, rootPaths } from "../model/paths.js";
import { shortestRing } from "../model/ring.js";
import { cycleSource } from "../model/source.js";
import { PictureRequestError } from "./errors.js";
import { neighbours } from "./neighbours.js";
import type { PictureSeed } from "./Picture.js";
import type { Selection } from "./Selection.js";

/** A cycle of so many objects is drawn whole; of a larger one so many. */
export const CYCLE_OBJECTS = 40;
const CYCLE_FAN = 10;
const RING_OBJECTS = 100;
const NEIGHBOURS = 8;
const TITLE = 160;
// Their own names say nothing.
const PLAIN: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.tuple, Kind.deque]);

/** What pictures are made of: a session. */
export interface PictureSource {
  readonly analysis: Analysis;
  /** In the order of the report. */
  readonly findings: readonly Finding[];
  /** The node with a printed id; throws where there is none. */
  node(id: string): NodeIndex;
}

/** What a seed gives a picture beside its objects. */
export interface Seeded {
  readonly title: string;
  readonly notes: readonly string[];
  readonly subject: NodeIndex | undefined;
  /** The number of the only cycle that is marked; undefined where every cycle is. */
  readonly cycle?: number;
}

/**
 * Chooses the first objects of a picture.
 * @throws PictureRequestError
 */
export function plant(source: PictureSource, seed: PictureSeed, selection: Selection): Seeded {
  switch (seed.kind) {
    case "family":
      return plantCycle(source.analysis, seed.family, seed.cycle, selection);
    case "finding":
      return plantFinding(source, seed.finding, selection);
    case "object":
      return plantObject(source.analysis, source.node(seed.id), selection);
    case "path":
      return plantPath(source.analysis, source.node(seed.id), selection);
    default:
      throw new PictureRequestError("It is not said what to draw.");
  }
}

function plantCycle(analysis: Analysis, family: number, position: number, selection: Selection): Seeded {
  const { families, graph, membership } = analysis;
  const found = families[family];
  const cycle = found?.cycles[position];
  if (!cycle) {
    const what = found ? `cycle ${position} in family ${family}` : `family ${family}`;
    throw new PictureRequestError(`This snapshot has no ${what} of cycles.`);
  }
  const { members } = cycle;
  const { telling } = cycleSource(graph, members);
  const notes: string[] = [];
  if (members.length <= CYCLE_OBJECTS) {
    // From the telling member on, so that it stands first.
    for (const node of around(analysis, members, [telling], Infinity)) selection.add(node);
  } else {
    const ring = shortestRing(analysis, members, telling).map(({ from }) => from);
    for (const node of ringEnds(ring)) selection.add(node);
    for (const node of around(analysis, members, [...selection.nodes], CYCLE_FAN)) {
      if (selection.nodes.size >= CYCLE_OBJECTS) break;
      selection.add(node);
    }
    if (ring.length > RING_OBJECTS)
      notes.push(`The shortest way round has ${formatCount(ring.length)} objects, of which the two ends are drawn.`);
  }
  const count = found.cycles.length;
  const which = count > 1 ? `, ${formatCount(position + 1)} of ${formatCount(count)}` : "";
  return {
    title: `Cycle of ${nameOf(analysis, telling)}${which}`,
    notes,
    subject: telling,
    cycle: membership.cycle[telling],
  };
}

/** Says how much of a cycle is not drawn, for an array of notes: an empty one where all of it is. */
export function cycleNotes({ families, membership }: Analysis, cycle: number, selection: Selection): string[] {
  const { members } = families[membership.family[cycle]].cycles[membership.position[cycle]];
  const drawn = members.reduce((count, node) => count + (selection.nodes.has(node) ? 1 : 0), 0);
  if (drawn === members.length) return [];
  return [`Drawn: ${formatCount(drawn)} of the ${formatCount(members.length)} objects of this cycle.`];
}

/** A ring from its start on; of a very long one what lies nearest to the start on both sides. */
function ringEnds(ring: readonly NodeIndex[]): readonly NodeIndex[] {
  if (ring.length <= RING_OBJECTS) return ring;
  return [...ring.slice(0, CYCLE_OBJECTS / 2), ...ring.slice(-CYCLE_OBJECTS / 2)];
}

/** Members breadth first from a start, at most `fan` new ones from each. */
function* around(
  analysis: Analysis,
  members: Uint32Array,
  start: readonly NodeIndex[],
  fan: number,
): Generator<NodeIndex> {
  const inside = new Set<NodeIndex>(members);
  const queue = [...start];
  const seen = new Set(queue);
  for (let at = 0; at < queue.length; at++) {
    yield queue[at];
    let added = 0;
    for (const to of neighbours(analysis, queue[at], "referents")) {
      if (!inside.has(to) || seen.has(to)) continue;
      if (added++ === fan) break;
      seen.add(to);
      queue.push(to);
    }
  }
}

function plantFinding(source: PictureSource, position: number, selection: Selection): Seeded {
  const { analysis } = source;
  const finding = source.findings[position];
  if (!finding) throw new PictureRequestError(`This snapshot has no finding ${position}.`);
  const path = finding.path.map(({ node }) => node);
  const closed = path.length > 1 && path[0] === path.at(-1);
  const cycle = closed ? analysis.membership.cycle[path[0]] : -1;
  if (cycle >= 0) {
    const { family, position: at } = analysis.membership;
    return plantCycle(analysis, family[cycle], at[cycle], selection);
  }
  const title = printable(renderMessage(finding.title), TITLE);
  const last = path.at(-1) ?? finding.objects[0];
  if (last === undefined) return { title, notes: ["This finding names no object."], subject: undefined };
  const notes = pathNotes(selection.addPath(path));
  selection.expand(last, "referents", NEIGHBOURS);
  return { title, notes, subject: last };
}

function plantObject(analysis: Analysis, node: NodeIndex, selection: Selection): Seeded {
  selection.add(node);
  selection.expand(node, "referrers", NEIGHBOURS);
  selection.expand(node, "referents", NEIGHBOURS);
  return { title: `Around ${nameOf(analysis, node)}`, notes: [], subject: node };
}

function plantPath(analysis: Analysis, node: NodeIndex, selection: Selection): Seeded {
  const { roots } = analysis;
  const garbage = roots.isGarbage[node] === 1;
  const notes = plantWay(analysis, node, selection);
  const name = nameOf(analysis, node);
  return { title: garbage ? `What keeps ${name}, garbage` : `What keeps ${name} alive`, notes, subject: node };
}

/** How many objects `plantWay` would add at most. */
export function wayLength(analysis: Analysis, node: NodeIndex): number {
  return wayTo(analysis, node).flat().length;
}

/** Adds and marks a shortest path to an object; for garbage the ring that keeps it. Returns notes. */
export function plantWay(analysis: Analysis, node: NodeIndex, selection: Selection): string[] {
  const ways = wayTo(analysis, node);
  if (ways.length === 0) {
    selection.add(node);
    return [`No path from a root leads to ${nameOf(analysis, node)}.`];
  }
  return ways.flatMap((way) => pathNotes(selection.addPath(way)));
}

function wayTo(analysis: Analysis, node: NodeIndex): NodeIndex[][] {
  const { roots, membership } = analysis;
  const ringOf = (member: NodeIndex): NodeIndex[][] => {
    const cycle = membership.cycle[member];
    if (cycle < 0) return [];
    const { members } = analysis.families[membership.family[cycle]].cycles[membership.position[cycle]];
    return [[member, ...shortestRing(analysis, members, member).map(({ to }) => to)]];
  };
  const garbage = roots.isGarbage[node] === 1;
  if (garbage && membership.cycle[node] >= 0) return ringOf(node);
  const path = rootPaths(analysis, node, 1)[0]?.steps.map((step) => step.node);
  if (!path) return [];
  if (!garbage) return [path];
  // The path can run through several cycles; the last one before the object is what keeps it.
  const from = path.findLastIndex((step) => membership.cycle[step] >= 0);
  return from < 0 ? [path] : [path.slice(from), ...ringOf(path[from])];
}

function pathNotes(leftOut: number): string[] {
  return leftOut > 0 ? [`The path is long: ${formatCount(leftOut)} objects in its middle are not drawn.`] : [];
}

function nameOf(analysis: Analysis, node: NodeIndex): string {
  const { graph } = analysis;
  const held = PLAIN.has(graph.columns.kind[node]) ? heldAs(analysis, node) : "";
  return printable(`${graph.nodeName(node)}${held === "" ? "" : ` (${held})`}`, TITLE);
}

/** What an object is called, in one word: for the name of a file. */
export function wordFor(analysis: Analysis, node: NodeIndex): string {
  const { graph } = analysis;
  const { kind, text } = graph.columns;
  const isText = kind[node] === Kind.str || kind[node] === Kind.bytes;
  const held = PLAIN.has(kind[node]) ? heldAs(analysis, node) : "";
  const name = held || (isText ? "" : graph.string(text[node])) || graph.typeName(node);
  return name.split(/[^\p{L}\p{N}_]+/u).findLast((word) => word !== "") ?? "";
}
