import { formatCount } from "../../detect/format.js";
import { type NodeIndex, typeInfoName } from "../../heap/HeapGraph.js";
import { labelText } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import {
  deadPiles,
  type PooledObjects,
  pooledObjects,
  type StaleEntry,
  staleRegistries,
  type StaleRegistry,
} from "../../model/weakrefs/index.js";
import { pathExpression, rootPaths } from "../../model/paths.js";
import type { Session } from "../Session.js";
import { IDS_SHOWN, knownWeakrefs, type WeakGroupRow, weakrefs } from "./weakrefs.js";

/** Dead ones that make a container worth telling. */
export const PILE = 10;
const PATHS_SHOWN = 50;
const ENTRIES_SHOWN = 50;
const GROUPS_SHOWN = 5000;

/** A container with dead weak references. */
export interface DeadPileRow {
  /** Id of the container. */
  readonly id: string;
  readonly type: string;
  /** How it is held: `module app.listeners`. */
  readonly name: string;
  readonly dead: number;
  readonly alive: number;
  /** All entries of the container. */
  readonly entries: number;
  /** What would be freed if the dead ones' entries were removed. */
  readonly bytes: number;
  /** The shortest way to it as one expression; null beyond the first 50 rows. */
  readonly path: string | null;
  /** Ids of the dead weak references, at most 50 unless all are asked for. */
  readonly ids: readonly string[];
}

/** A weak reference that may lead to what is something else by now. */
export interface StaleEntryRow {
  readonly weakref: string;
  readonly referent: string;
  readonly referentName: string;
  /** The key under which it stands; null where there is none. */
  readonly key: string | null;
  /** The key that is right by the evidence; null where there is none. */
  readonly now: string | null;
  /** What holds the weak reference. */
  readonly holder: string;
}

/** Weak references that are suspected to be stale, on one piece of evidence. */
export interface StaleRow {
  /**
   * `other-key`: they stand under keys that are not their object's. `several-keys`: one object stands under several
   * keys. `pooled`: nothing but a pool holds their object, so it waits to be used anew.
   */
  readonly kind: "other-key" | "several-keys" | "pooled";
  /** Why they are suspected, in a sentence. One snapshot proves nothing. */
  readonly evidence: string;
  /** Id and name of the dict or pool. */
  readonly container: string;
  readonly name: string;
  readonly referentType: string;
  /** Weak references, and the objects that they refer to. */
  readonly count: number;
  readonly objects: number;
  /** At most 50 unless all are asked for. */
  readonly entries: readonly StaleEntryRow[];
}

/** All lists of weak references, for a view. */
export interface WeakrefLists {
  /** At most 5,000, each with one id. */
  readonly groups: readonly WeakGroupRow[];
  readonly groupsTotal: number;
  readonly piles: readonly DeadPileRow[];
  readonly stale: readonly StaleRow[];
}

interface Options {
  readonly all?: boolean;
}

/** Groups, piles of dead ones and what is suspected to be stale. */
export function weakrefLists(session: Session): WeakrefLists {
  const groups = weakrefs(session);
  return {
    groups: groups.slice(0, GROUPS_SHOWN).map((group) => ({ ...group, ids: group.ids.slice(0, 1) })),
    groupsTotal: groups.length,
    piles: deadWeakrefs(session),
    stale: staleWeakrefs(session),
  };
}

/** Containers with at least 10 dead weak references (with `all`: with any), most first. */
export function deadWeakrefs(session: Session, options: Options = {}): DeadPileRow[] {
  const { graph, analysis } = session;
  const { references, holders } = knownWeakrefs(session);
  const all = options.all === true;
  return deadPiles(analysis, references, holders, all ? 1 : PILE).map((pile, i) => {
    const path = i < PATHS_SHOWN ? rootPaths(analysis, pile.container, 1)[0] : undefined;
    return {
      id: graph.idText(pile.container),
      type: graph.typeName(pile.container),
      name: holders.nameOf(pile.container),
      dead: pile.dead.length,
      alive: pile.alive,
      entries: pile.entries,
      bytes: pile.bytes,
      path: path ? pathExpression(analysis, path) : null,
      ids: Array.from(pile.dead.subarray(0, all ? Infinity : IDS_SHOWN), (row) => graph.idText(references.node[row])),
    };
  });
}

/** Weak references that may be stale, the strongest evidence first. */
export function staleWeakrefs(session: Session, options: Options = {}): StaleRow[] {
  const { analysis } = session;
  const { references, holders } = knownWeakrefs(session);
  const { otherKey, severalKeys } = staleRegistries(analysis, references, holders);
  const limit = options.all === true ? Infinity : ENTRIES_SHOWN;
  return [
    ...otherKey.map((registry) => registryRow(session, registry, "other-key", limit)),
    ...severalKeys.map((registry) => registryRow(session, registry, "several-keys", limit)),
    ...pooledObjects(analysis, references, holders).map((pooled) => pooledRow(session, pooled, limit)),
  ];
}

function registryRow(
  session: Session,
  registry: StaleRegistry,
  kind: "other-key" | "several-keys",
  limit: number,
): StaleRow {
  const { graph } = session;
  const { holders } = knownWeakrefs(session);
  const { entries } = registry;
  const newest = kind === "several-keys" && inOrder(session) ? newestKeys(entries) : new Map<NodeIndex, StaleEntry>();
  const keyText = ({ label }: StaleEntry) => printable(labelText(graph, label).slice(1, -1));
  const nowText = (entry: StaleEntry) => {
    if (entry.now !== undefined) return graph.nodeName(entry.now);
    const last = newest.get(entry.referent);
    return last ? keyText(last) : null;
  };
  return {
    kind,
    evidence: kind === "other-key" ? otherKeyEvidence(registry) : severalKeysEvidence(entries, newest.size > 0),
    container: graph.idText(registry.dict),
    name: holders.nameOf(registry.dict),
    referentType: graph.typeName(entries[0].referent),
    count: entries.length,
    objects: new Set(entries.map(({ referent }) => referent)).size,
    entries: entries.slice(0, limit).map((entry) => ({
      ...ends(session, entry.weakref, entry.referent),
      key: keyText(entry),
      now: nowText(entry),
      holder: holders.of(entry.weakref).text,
    })),
  };
}

function ends({ graph }: Session, weakref: NodeIndex, referent: NodeIndex) {
  return {
    weakref: graph.idText(weakref),
    referent: graph.idText(referent),
    referentName: graph.nodeName(referent),
  };
}

/** From 3.7 on a dict keeps its entries in the order in which they were made; CPython 3.6 does so as well. */
function inOrder({ graph }: Session): boolean {
  return graph.info.version[0] >= 3;
}

function newestKeys(entries: readonly StaleEntry[]): Map<NodeIndex, StaleEntry> {
  return new Map(entries.map((entry) => [entry.referent, entry]));
}

function otherKeyEvidence({ entries, fitting, attribute }: StaleRegistry): string {
  const all = entries.length + fitting;
  return `${formatCount(entries.length)} of ${formatCount(all)} entries stand under another key than their object's .${printable(attribute ?? "")}, from which the other ${formatCount(fitting)} keys are taken. The object may have been initialised anew.`;
}

function severalKeysEvidence(entries: readonly StaleEntry[], ordered: boolean): string {
  const objects = new Set(entries.map(({ referent }) => referent)).size;
  const newest = ordered ? " The key that was entered last is the newest." : "";
  const which = objects === 1 ? "1 object stands" : `${formatCount(objects)} objects stand`;
  return `${which} under more than one key, ${formatCount(entries.length)} keys in all.${newest} The older ones may be from before the object was initialised anew.`;
}

function pooledRow(session: Session, pooled: PooledObjects, limit: number): StaleRow {
  const { graph } = session;
  const { references, holders } = knownWeakrefs(session);
  const name = holders.nameOf(pooled.pool);
  const type = typeInfoName(graph.types[pooled.type]);
  const [objects, verb] = pooled.objects === 1 ? ["1 object", "is"] : [`${formatCount(pooled.objects)} objects`, "are"];
  const others = pooled.inUse === 0 ? "" : ` ${formatCount(pooled.inUse)} others of the type are in use.`;
  return {
    kind: "pooled",
    evidence: `${objects} ${verb} held by ${printable(name)} alone, a pool by its name, while weak references to ${verb === "is" ? "it" : "them"} are out.${others} Used again, ${verb === "is" ? "it is" : "they are"} something else to whoever refers to ${verb === "is" ? "it" : "them"} weakly.`,
    container: graph.idText(pooled.pool),
    name,
    referentType: type,
    count: pooled.rows.length,
    objects: pooled.objects,
    entries: Array.from(pooled.rows.subarray(0, limit), (row) => ({
      ...ends(session, references.node[row], references.referent[row]),
      key: null,
      now: null,
      holder: holders.of(references.node[row]).text,
    })),
  };
}
