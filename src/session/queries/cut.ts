import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import type { SimulationEvent } from "../../model/simulation/events.js";
import { findReferences, type Reference } from "../../model/whatif/cutEdges.js";
import { OUTSIDE } from "../../model/whatif/unreachable.js";
import type { Session } from "../Session.js";

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
  readonly garbageBefore: { readonly objects: number; readonly bytes: number };
  /** Pairs of (referent, weakref), in order. */
  readonly callbacks: readonly (readonly [referent: string, weakref: string])[];
  readonly finalizers: readonly string[];
  /** All code that runs, in order. */
  readonly events: readonly CutEvent[];
  /** What stays although something that held it goes; `heldBy` is null for what something outside the heap holds. */
  readonly survivors: readonly { readonly id: string; readonly heldBy: string | null }[];
  readonly unknown: readonly string[];
}

/** What a cut would free, as a view shows it. Bytes; lists end where `total` says that there is more. */
export interface CutPreview {
  readonly now: Freed;
  /** By the next full collection, without what it frees anyway. */
  readonly collection: Freed;
  /** What the next full collection frees anyway. */
  readonly garbageBefore: Freed;
  /** The first objects to die, and the code that runs in between, in order. */
  readonly order: readonly CutStep[];
  readonly orderTotal: number;
  readonly survivors: readonly { readonly id: string; readonly name: string; readonly holder: HolderName | null }[];
  readonly survivorsTotal: number;
  /** Of each object that was asked for. `heldBy` of one that stays; null: held from outside the heap. */
  readonly fates: readonly { readonly id: string; readonly fate: Fate; readonly heldBy?: HolderName | null }[];
  readonly unknown: readonly string[];
}

export interface Freed {
  readonly objects: number;
  readonly bytes: number;
}
export interface HolderName {
  readonly id: string;
  readonly name: string;
}
export type Fate = "now" | "collection" | "stays";

/** A step of the destruction: an object dies, or code runs. */
export interface CutStep {
  readonly when: CutEvent["when"];
  readonly kind: "dies" | CutEvent["kind"];
  readonly id: string;
  readonly name: string;
  /** Bytes of the object that dies. */
  readonly bytes: number;
}

const STEPS_SHOWN = 300;
const SURVIVORS_SHOWN = 100;

/**
 * What would happen if references were not there, in short.
 * @param ids objects of which the fate is wanted
 * @throws UnknownObjectError, NoSuchReferenceError
 */
export function cutPreview(
  session: Session,
  { references, ids }: { readonly references: readonly CutReference[]; readonly ids: readonly string[] },
): CutPreview {
  const { graph, analysis } = session;
  const result = analysis.cutter.cut(find(session, references), { holdersOf: ids.map((id) => session.node(id)) });
  const name = (node: NodeIndex) => ({ id: graph.idText(node), name: graph.nodeName(node) });
  const holder = (node: NodeIndex) => (node === OUTSIDE ? null : name(node));
  const now = new Set(result.now);
  const later = new Set(result.later);
  const order = [
    ...steps(graph, result.now, result.eventsNow, 0, "now"),
    ...steps(graph, result.later, result.eventsLater, result.now.length, "collection"),
  ];
  return {
    now: { objects: result.now.length, bytes: result.bytesNow },
    collection: {
      objects: result.later.length - result.anyway.objects,
      bytes: result.bytesLater - result.anyway.bytes,
    },
    garbageBefore: result.anyway,
    order: order.slice(0, STEPS_SHOWN),
    orderTotal: result.now.length + result.later.length + result.eventsNow.length + result.eventsLater.length,
    survivors: result.survivors
      .slice(0, SURVIVORS_SHOWN)
      .map(({ node, heldBy }) => ({ ...name(node), holder: holder(heldBy) })),
    survivorsTotal: result.survivors.length,
    fates: ids.map((id) => {
      const node = session.node(id);
      if (now.has(node)) return { id, fate: "now" };
      return later.has(node)
        ? { id, fate: "collection" }
        : { id, fate: "stays", heldBy: holder(result.holders.get(node) ?? OUTSIDE) };
    }),
    unknown: result.doubts,
  };
}

/** The first steps of a course: each object's death, and the code that runs before the next one. */
function steps(
  graph: HeapGraph,
  died: Uint32Array,
  events: readonly SimulationEvent[],
  before: number,
  when: CutEvent["when"],
): CutStep[] {
  const found: CutStep[] = [];
  let next = 0;
  const add = (node: NodeIndex, kind: CutStep["kind"], bytes: number) =>
    found.push({ when, kind, id: graph.idText(node), name: graph.nodeName(node), bytes });
  for (let i = 0; i <= died.length && found.length < STEPS_SHOWN; i++) {
    for (; next < events.length && events[next].after - before <= i; next++)
      add(events[next].node, events[next].kind, 0);
    if (i < died.length) add(died[i], "dies", graph.columns.selfSize[died[i]]);
  }
  return found;
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
    garbageBefore: result.anyway,
    callbacks: events.flatMap(({ id: referent, weakref }) =>
      weakref === undefined ? [] : [[referent, weakref] as const],
    ),
    finalizers: events.flatMap((event) => (event.kind === "callback" ? [] : [event.id])),
    events,
    survivors: result.survivors.map(({ node, heldBy }) => ({
      id: id(node),
      heldBy: heldBy === OUTSIDE ? null : id(heldBy),
    })),
    unknown: result.doubts,
  };
}

function eventOf(graph: HeapGraph, event: SimulationEvent, when: CutEvent["when"]): CutEvent {
  const { kind, node } = event;
  const id = graph.idText(node);
  return event.kind === "callback" ? { when, kind, id, weakref: graph.idText(event.weakref) } : { when, kind, id };
}
