import { MultiDirectedGraph } from "graphology";
import { formatCount } from "../detect/format.js";
import type { NodeIndex } from "../heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind } from "../heap/kinds.js";
import { printable } from "../heap/names.js";
import type { Analysis } from "../model/Analysis.js";
import { rootName } from "../model/paths.js";
import { PictureRequestError } from "./errors.js";
import type { Extract, ObjectAttributes, PictureGraph } from "./graph.js";
import { distinctNeighbours, edgesInOrder } from "./neighbours.js";
import type { PictureRequest } from "./Picture.js";
import { cycleNotes, type PictureSource, plant, plantWay, wayLength, wordFor } from "./seeds.js";
import { EXPANSION_STEP, MAX_OBJECTS, Selection } from "./Selection.js";

/** More arrows than this are a black surface. */
export const MAX_ARROWS = 1500;
const LABELS_KEPT = 50;
const DIRECTIONS = ["referrers", "referents"] as const;

/**
 * The part of a heap that a request asks for. The same request gives the same extract.
 * @throws PictureRequestError, and what `source.node` throws
 */
export function extract(source: PictureSource, request: Omit<PictureRequest, "font" | "direction">): Extract {
  const { analysis } = source;
  const selection = new Selection(analysis);
  const target = request.pathTo === undefined ? undefined : source.node(request.pathTo);
  // The path is chosen last, so that it changes nothing about the rest, but there has to be room for it.
  if (target !== undefined) selection.reserve(Math.min(wayLength(analysis, target), MAX_OBJECTS / 2));
  const { title, notes, subject, cycle } = plant(source, request.seed, selection);
  for (const { id, direction } of request.expanded) {
    if (!DIRECTIONS.includes(direction)) throw new PictureRequestError("It is not said what to expand.");
    selection.expand(source.node(id), direction, EXPANSION_STEP);
  }
  selection.reserve(0);
  const pathNotes = target === undefined ? [] : plantWay(analysis, target, selection);
  const graph = draw(analysis, selection, cycle);
  const leftOut = cycle === undefined ? [] : cycleNotes(analysis, cycle, selection);
  const allNotes = [...leftOut, ...notes, ...pathNotes];
  if (selection.full)
    allNotes.push(`A picture has at most ${MAX_OBJECTS} objects; what else was asked for is left out.`);
  const dropped = dropArrows(graph);
  if (dropped > 0) {
    const all = formatCount(graph.size + dropped);
    allNotes.push(`Drawn: ${formatCount(graph.size)} of ${all} arrows.`);
  }
  addMore(analysis, selection, graph);
  return {
    graph,
    title,
    notes: [...new Set(allNotes)],
    subject: subject === undefined ? "" : wordFor(analysis, subject),
  };
}

function draw(analysis: Analysis, selection: Selection, onlyCycle: number | undefined): PictureGraph {
  const { graph: heap, membership } = analysis;
  const { edgeTo, edgeClass } = heap.columns;
  const graph: PictureGraph = new MultiDirectedGraph();
  const cycleOf = (node: NodeIndex): number => {
    const cycle = membership.cycle[node];
    return onlyCycle === undefined || cycle === onlyCycle ? cycle : -1;
  };
  const drawn = new Map<NodeIndex, ObjectAttributes>();
  for (const node of selection.nodes) {
    const attributes: ObjectAttributes = {
      kind: "object",
      node,
      inCycle: cycleOf(node) >= 0,
      onPath: selection.isOnPath(node),
      here: 0,
      hidden: { referrers: 0, referents: 0 },
      root: "",
    };
    drawn.set(node, attributes);
    graph.addNode(heap.idText(node), attributes);
  }
  for (const from of drawn.keys()) {
    for (const edge of edgesInOrder(heap, from)) {
      const to = edgeTo[edge];
      const target = drawn.get(to);
      const kind = edgeClass[edge] & EDGE_KIND_MASK;
      if (!target || kind === EdgeKind.internal) continue;
      const weak = kind !== EdgeKind.strong;
      if (!weak) target.here++;
      const [fromId, toId] = [heap.idText(from), heap.idText(to)];
      const key = `${fromId}${weak ? "~" : ">"}${toId}`;
      if (graph.hasEdge(key)) {
        const merged = graph.getEdgeAttributes(key);
        if (merged.count++ < LABELS_KEPT) merged.edges.push(edge);
        continue;
      }
      graph.addDirectedEdgeWithKey(key, fromId, toId, {
        edges: [edge],
        count: 1,
        weak,
        inCycle: !weak && cycleOf(from) >= 0 && cycleOf(from) === cycleOf(to),
        onPath: !weak && selection.isStep(from, to),
      });
    }
  }
  for (const [node, attributes] of drawn) {
    for (const direction of DIRECTIONS) {
      const hidden = distinctNeighbours(analysis, node, direction).filter((other) => !drawn.has(other));
      attributes.hidden[direction] = hidden.length;
    }
  }
  nameRoots(analysis, drawn);
  return graph;
}

/** Fills in why objects are roots. There can be as many roots as objects, so they are gone through once. */
function nameRoots(analysis: Analysis, drawn: ReadonlyMap<NodeIndex, ObjectAttributes>): void {
  for (const node of analysis.roots.alive) {
    const attributes = drawn.get(node);
    if (attributes) attributes.root = printable(rootName(analysis, node));
  }
}

/** Takes the least telling arrows away where there are too many; returns how many. */
function dropArrows(graph: PictureGraph): number {
  const surplus = graph.size - MAX_ARROWS;
  if (surplus <= 0) return 0;
  const rank = (key: string): number => {
    const { inCycle, onPath, weak } = graph.getEdgeAttributes(key);
    return onPath ? 0 : inCycle ? 1 : weak ? 3 : 2;
  };
  const keys = graph.edges().sort((a, b) => rank(a) - rank(b));
  for (const key of keys.slice(MAX_ARROWS)) graph.dropEdge(key);
  return surplus;
}

/** Adds a box for what is left of the neighbours of expanded objects. */
function addMore(analysis: Analysis, selection: Selection, graph: PictureGraph): void {
  const heap = analysis.graph;
  for (const node of selection.nodes) {
    for (const direction of DIRECTIONS) {
      if (!selection.isOpened(node, direction)) continue;
      const hidden = distinctNeighbours(analysis, node, direction).filter((other) => !selection.nodes.has(other));
      if (hidden.length === 0) continue;
      const id = heap.idText(node);
      const key = `${id} ${direction}`;
      const types = commonTypes(analysis, hidden);
      graph.addNode(key, { kind: "more", node, direction, count: hidden.length, types });
      const [from, to] = direction === "referents" ? [id, key] : [key, id];
      const attributes = { edges: [], count: hidden.length, weak: false, inCycle: false, onPath: false };
      graph.addDirectedEdgeWithKey(`${from}>${to}`, from, to, attributes);
    }
  }
}

function commonTypes({ graph }: Analysis, nodes: Uint32Array): string {
  const counts = new Map<number, number>();
  for (const node of nodes) counts.set(graph.columns.type[node], (counts.get(graph.columns.type[node]) ?? 0) + 1);
  const example = new Map<number, NodeIndex>();
  for (const node of nodes) if (!example.has(graph.columns.type[node])) example.set(graph.columns.type[node], node);
  const named = [...counts].map(([type, count]) => ({
    count,
    name: printable(graph.typeName(example.get(type)!), 60),
  }));
  named.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const shown = named.slice(0, 2).map(({ count, name }) => `${formatCount(count)} ${name}`);
  return [...shown, ...(named.length > 2 ? ["…"] : [])].join(", ");
}
