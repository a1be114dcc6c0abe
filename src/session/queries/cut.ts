import type { HeapGraph, NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import type { Analysis } from "../../model/Analysis.js";
import { emptiedBy, keptEmpty, lingeringOf } from "../../model/pymalloc/release.js";
import type { SimulationEvent } from "../../model/simulation/events.js";
import type { CutResult } from "../../model/whatif/Cutter.js";
import { callbackOf, describeCallback } from "../../model/weakrefs/index.js";
import { findReferences, type Reference } from "../../model/whatif/cutEdges.js";
import { OUTSIDE } from "../../model/whatif/unreachable.js";
import type { Session } from "../Session.js";
import { needCPython } from "../runtime.js";

/** A reference to cut: by its label, as `object` prints it, or by where it leads. */
export interface CutReference {
  readonly from: string;
  readonly label?: string | undefined;
  readonly to?: string | undefined;
}

/** Code that runs because of a cut. */
export interface CutEvent {
  readonly when: "now" | "collection";
  readonly kind: SimulationEvent["kind"];
  /** The object that dies; of a callback: the referent. */
  readonly id: string;
  readonly weakref?: string;
}

/** What a cut would free. Bytes; ids in the order in which the objects go. */
export interface CutAnswer {
  readonly freedNow: readonly string[];
  /** By the next full collection, what it frees anyway included. */
  readonly freedByCollection: readonly string[];
  readonly bytesNow: number;
  readonly bytesByCollection: number;
  /** Of what the collection frees: garbage of before the cut. */
  readonly garbageBefore: Freed & { readonly ids: readonly string[] };
  /** Pairs of (referent, weakref), in order. */
  readonly callbacks: readonly (readonly [referent: string, weakref: string])[];
  readonly finalizers: readonly string[];
  /** All code that runs, in order. */
  readonly events: readonly CutEvent[];
  /** What stays although something that held it goes; `heldBy` is null for what something outside the heap holds. */
  readonly survivors: readonly { readonly id: string; readonly heldBy: string | null }[];
  /** Arenas of pymalloc that would be released after the collection; null where the snapshot holds no arenas. */
  readonly arenas: ArenasReleased | null;
  readonly unknown: readonly string[];
}

/** What a cut would free, as a view shows it. Bytes; lists end where `total` says that there is more. */
export interface CutPreview {
  readonly now: Freed;
  /** By the next full collection, without what it frees anyway. */
  readonly collection: Freed;
  /** What the next full collection frees anyway. */
  readonly garbageBefore: Freed;
  /** The first objects to die because of the cut, and the code that runs in between, in order. */
  readonly order: readonly CutStep[];
  readonly orderTotal: number;
  readonly survivors: readonly { readonly id: string; readonly name: string; readonly holder: HolderName | null }[];
  readonly survivorsTotal: number;
  /** Of each object that was asked for. `heldBy` of one that stays; null: held from outside the heap. */
  readonly fates: readonly { readonly id: string; readonly fate: Fate; readonly heldBy?: HolderName | null }[];
  /** As in `CutAnswer`; null where it was not asked for, too. */
  readonly arenas: ArenasReleased | null;
  readonly unknown: readonly string[];
}

export interface Freed {
  readonly objects: number;
  readonly bytes: number;
}
/** Arenas that go back to the system for sure, and their bytes; without those that a collection releases anyway. */
export interface ArenasReleased {
  readonly count: number;
  readonly bytes: number;
  /**
   * Arenas that may go, too: if blocks in them that no object explains are free by then, or what dies does not stay on
   * a free list (2.7); and one that is kept empty.
   */
  readonly unsure: number;
}
export interface HolderName {
  readonly id: string;
  readonly name: string;
}
export type Fate = "now" | "collection" | "stays";

/** A function, a generator or what a callback calls in the end. */
export interface CodeName {
  readonly name: string;
  readonly location?: SourceLocation;
}

/** A step of the destruction: an object dies, or code runs. */
export interface CutStep {
  readonly when: CutEvent["when"];
  readonly kind: "dies" | CutEvent["kind"];
  readonly id: string;
  readonly name: string;
  /** The code that runs, where it is known: its name and its place. */
  readonly code?: CodeName;
  /** Bytes of the object that dies. */
  readonly bytes: number;
}

const STEPS_SHOWN = 300;
const SURVIVORS_SHOWN = 100;

/**
 * What would happen if references were not there, in short.
 * @param ids objects of which the fate is wanted
 * @param all list all steps and survivors, and what is garbage already with them
 * @param withArenas look for arenas that would be released, too, which takes a walk over all blocks
 * @throws UnknownObjectError, NoSuchReferenceError
 */
export function cutPreview(
  session: Session,
  {
    references,
    ids,
    all = false,
    withArenas = false,
  }: {
    readonly references: readonly CutReference[];
    readonly ids: readonly string[];
    readonly all?: boolean;
    readonly withArenas?: boolean;
  },
): CutPreview {
  needCPython(session, "What a cut frees");
  const { graph, analysis } = session;
  const result = analysis.cutter.cut(find(session, references), { holdersOf: ids.map((id) => session.node(id)) });
  const name = (node: NodeIndex) => ({ id: graph.idText(node), name: graph.nodeName(node) });
  const holder = (node: NodeIndex) => (node === OUTSIDE ? null : name(node));
  const diesNow = new Set(result.now);
  const diesLater = new Set(result.later);
  const limit = all ? Infinity : STEPS_SHOWN;
  const isNew = (node: NodeIndex) => all || !result.isFreedAnyway(node);
  const now: Part = { when: "now", died: result.now, events: result.eventsNow, before: 0, isTold: () => true };
  const { later, eventsLater } = result;
  const then: Part = {
    when: "collection",
    died: later,
    events: eventsLater,
    before: now.died.length,
    isTold: isNew,
  };
  const order = [now, then].flatMap((part) => steps(analysis, part, limit));
  const total = [now, then].reduce(
    (sum, { died, events, isTold }) =>
      sum + died.reduce((n, node) => n + Number(isTold(node)), 0) + events.filter(({ node }) => isTold(node)).length,
    0,
  );
  return {
    now: { objects: result.now.length, bytes: result.bytesNow },
    collection: {
      objects: result.later.length - result.anyway.objects,
      bytes: result.bytesLater - result.anyway.bytes,
    },
    garbageBefore: result.anyway,
    order: order.slice(0, limit),
    orderTotal: total,
    survivors: result.survivors
      .slice(0, all ? Infinity : SURVIVORS_SHOWN)
      .map(({ node, heldBy }) => ({ ...name(node), holder: holder(heldBy) })),
    survivorsTotal: result.survivors.length,
    fates: ids.map((id) => {
      const node = session.node(id);
      if (diesNow.has(node)) return { id, fate: "now" };
      return diesLater.has(node)
        ? { id, fate: "collection" }
        : { id, fate: "stays", heldBy: holder(result.holders.get(node) ?? OUTSIDE) };
    }),
    arenas: withArenas ? arenasReleased(analysis, result) : null,
    unknown: result.doubts,
  };
}

function arenasReleased(analysis: Analysis, { now, later, isFreedAnyway }: CutResult): ArenasReleased | null {
  const { graph } = analysis;
  const arenas = graph.pymalloc ? analysis.arenas : null;
  if (!arenas) return null;
  const isGone = new Uint8Array(graph.nodeCount);
  for (const nodes of [now, later]) for (const node of nodes) isGone[node] = 1;
  const lingering = lingeringOf(graph, now, later);
  const { sure, unsure } = emptiedBy(arenas, (node) => isGone[node] === 1, lingering);
  const anyway = emptiedBy(arenas, (node) => isGone[node] === 1 && isFreedAnyway(node), lingering);
  const emptied = sure.length - anyway.sure.length;
  const kept = keptEmpty(graph.info.version, arenas, emptied);
  const count = emptied - kept;
  return {
    count,
    bytes: count * arenas.pymalloc.arenaBytes,
    unsure: unsure.length - anyway.unsure.length + kept,
  };
}

/** What happens at once, or by the collection. */
interface Part {
  readonly when: CutEvent["when"];
  readonly died: Uint32Array;
  readonly events: readonly SimulationEvent[];
  /** How many objects have died before. */
  readonly before: number;
  readonly isTold: (node: NodeIndex) => boolean;
}

/** The first steps of a course: each object's death, and the code that runs before the next one. */
function steps(analysis: Analysis, { when, died, events, before, isTold }: Part, limit: number): CutStep[] {
  const { graph } = analysis;
  const found: CutStep[] = [];
  let next = 0;
  const add = (node: NodeIndex, kind: CutStep["kind"], bytes: number, code?: CodeName) => {
    if (!isTold(node)) return;
    found.push({ when, kind, id: graph.idText(node), name: graph.nodeName(node), ...(code && { code }), bytes });
  };
  for (let i = 0; i <= died.length && found.length < limit; i++) {
    for (; next < events.length && events[next].after - before <= i; next++)
      add(events[next].node, events[next].kind, 0, codeOf(analysis, events[next]));
    if (i < died.length) add(died[i], "dies", graph.columns.selfSize[died[i]]);
  }
  return found;
}

/** What runs; undefined where that is not known. */
function codeOf(analysis: Analysis, event: SimulationEvent): CodeName | undefined {
  const { graph } = analysis;
  if (event.kind === "callback") {
    const callback = callbackOf(graph, event.weakref);
    return callback === undefined ? undefined : describeCallback(analysis, callback);
  }
  const code = event.kind === "close" ? event.node : analysis.finalizerOf(event.node);
  if (code === undefined) return undefined;
  const location = graph.location(code);
  const name = graph.string(graph.columns.text[code]);
  return location ? { name, location } : { name };
}

function find(session: Session, references: readonly CutReference[]): Reference[] {
  return references.flatMap(({ from, label, to }) =>
    findReferences(session.graph, {
      from: session.node(from),
      label,
      to: to === undefined ? undefined : session.node(to),
    }),
  );
}

/**
 * What would happen if references were not there.
 * @throws UnknownObjectError, NoSuchReferenceError
 */
export function cut(session: Session, references: readonly CutReference[]): CutAnswer {
  needCPython(session, "What a cut frees");
  const { graph, analysis } = session;
  const result = analysis.cutter.cut(find(session, references));
  const events = [
    ...result.eventsNow.map((event) => eventOf(graph, event, "now")),
    ...result.eventsLater.map((event) => eventOf(graph, event, "collection")),
  ];
  const id = (node: NodeIndex) => graph.idText(node);
  return {
    freedNow: Array.from(result.now, id),
    freedByCollection: Array.from(result.later, id),
    bytesNow: result.bytesNow,
    bytesByCollection: result.bytesLater,
    garbageBefore: { ...result.anyway, ids: Array.from(result.later.filter(result.isFreedAnyway), id) },
    callbacks: events.flatMap(({ id: referent, weakref }) =>
      weakref === undefined ? [] : [[referent, weakref] as const],
    ),
    finalizers: events.flatMap((event) => (event.kind === "callback" ? [] : [event.id])),
    events,
    survivors: result.survivors.map(({ node, heldBy }) => ({
      id: id(node),
      heldBy: heldBy === OUTSIDE ? null : id(heldBy),
    })),
    arenas: arenasReleased(analysis, result),
    unknown: result.doubts,
  };
}

function eventOf(graph: HeapGraph, event: SimulationEvent, when: CutEvent["when"]): CutEvent {
  const { kind, node } = event;
  const id = graph.idText(node);
  return event.kind === "callback" ? { when, kind, id, weakref: graph.idText(event.weakref) } : { when, kind, id };
}
