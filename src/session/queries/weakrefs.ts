import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import {
  describeCallback,
  findWeakReferences,
  groupWeakReferences,
  Holders,
  NO_NODE,
  type WeakGroup,
  type WeakReferences,
  WeakState,
} from "../../model/weakrefs/index.js";
import type { Session } from "../Session.js";
import { needCPython } from "../runtime.js";

/** Ids that a row lists unless all are asked for. */
export const IDS_SHOWN = 50;
const ROWS_SHOWN = 2000;

/** Weak references that are alike. */
export interface WeakGroupRow {
  /** Its position: what `weakrefGroup` is asked with. */
  readonly group: number;
  /** Type of the weak references. */
  readonly type: string;
  /** Type of what they refer to; null where that is not known, as of dead ones. */
  readonly referentType: string | null;
  /** What their callback runs, or null. */
  readonly callback: string | null;
  /** Where that is defined. */
  readonly location?: SourceLocation;
  /** What holds them: `module app.CACHE[…]`, `app.Node.owner`. */
  readonly holder: string;
  readonly count: number;
  readonly alive: number;
  /** Their referent is gone. */
  readonly dead: number;
  /** Nothing says whether they are dead: no referent is known, but they are not cleared either. */
  readonly unknown: number;
  /** How many refer to garbage. */
  readonly garbage: number;
  readonly withCallback: number;
  /** Sum of their own sizes. */
  readonly bytes: number;
  /** The interpreter's own: to classes, modules and what belongs to these, or in tables of C code. */
  readonly infrastructure: boolean;
  /** Ids of the weak references, at most 50 unless all are asked for. */
  readonly ids: readonly string[];
}

/** One weak reference. */
export interface WeakrefRow {
  readonly id: string;
  readonly type: string;
  readonly state: "alive" | "dead" | "unknown";
  readonly referent: string | null;
  /** Name of what it refers to; empty where there is none. */
  readonly referentName: string;
  /** The referent is garbage. */
  readonly garbage: boolean;
  readonly callback: string | null;
  readonly location?: SourceLocation;
  /** What holds the weak reference strongly, in words, and the id of that object. */
  readonly holder: string;
  readonly holderId: string | null;
}

/** Weak references of one group. */
export interface WeakGroupDetails {
  /** At most 2,000. */
  readonly rows: readonly WeakrefRow[];
  readonly total: number;
}

/** A group that is not there. */
export class UnknownGroupError extends Error {
  constructor(group: number, count: number) {
    super(`there is no group ${group}: the snapshot has ${count} groups of weak references, counted from 0`);
    this.name = "UnknownGroupError";
  }
}

/** What is known of a snapshot's weak references. */
export interface KnownWeakrefs {
  readonly references: WeakReferences;
  readonly holders: Holders;
  readonly groups: readonly WeakGroup[];
}

const known = new WeakMap<Session, KnownWeakrefs>();

/** The weak references of a session, found once. */
export function knownWeakrefs(session: Session): KnownWeakrefs {
  needCPython(session, "What weak references do");
  let found = known.get(session);
  if (!found) {
    const references = findWeakReferences(session.graph);
    const holders = new Holders(session.analysis, references.subclassTables);
    found = { references, holders, groups: groupWeakReferences(session.analysis, references, holders) };
    known.set(session, found);
  }
  return found;
}

/**
 * All weak references by what they refer to, their callback and what holds them. The interpreter's own come last, else
 * groups of dead ones first, then the larger ones. `all` lifts the cap on ids.
 */
export function weakrefs(session: Session, options: { readonly all?: boolean } = {}): WeakGroupRow[] {
  const { groups, references } = knownWeakrefs(session);
  const limit = options.all === true ? Infinity : IDS_SHOWN;
  return groups.map(({ rows, callback, ...group }, i) => ({
    group: i,
    type: group.type,
    referentType: group.referentType,
    callback: callback?.name ?? null,
    ...(callback?.location && { location: callback.location }),
    holder: group.holder,
    count: rows.length,
    alive: group.alive,
    dead: group.dead,
    unknown: group.unknown,
    garbage: group.garbage,
    withCallback: callback ? rows.length : 0,
    bytes: group.bytes,
    infrastructure: group.infrastructure,
    ids: Array.from(rows.subarray(0, limit), (row) => session.graph.idText(references.node[row])),
  }));
}

/**
 * The weak references of one group.
 * @throws UnknownGroupError
 */
export function weakrefGroup(session: Session, group: number): WeakGroupDetails {
  const { groups } = knownWeakrefs(session);
  const found = Number.isInteger(group) ? groups[group] : undefined;
  if (!found) throw new UnknownGroupError(group, groups.length);
  const rows = Array.from(found.rows.subarray(0, ROWS_SHOWN), (row) => weakrefRow(session, row));
  return { rows, total: found.rows.length };
}

const STATES = { [WeakState.alive]: "alive", [WeakState.dead]: "dead", [WeakState.unknown]: "unknown" } as const;

/** One weak reference, by its row in the columns. */
export function weakrefRow(session: Session, row: number): WeakrefRow {
  const { graph, analysis } = session;
  const { references, holders } = knownWeakrefs(session);
  const node: NodeIndex = references.node[row];
  const referent: NodeIndex = references.referent[row];
  const callback = references.callback[row];
  const described = callback === NO_NODE ? undefined : describeCallback(analysis, callback);
  const holder = holders.of(node);
  return {
    id: graph.idText(node),
    type: graph.typeName(node),
    state: STATES[references.state[row] as WeakState],
    referent: referent === NO_NODE ? null : graph.idText(referent),
    referentName: referent === NO_NODE ? "" : graph.nodeName(referent),
    garbage: referent !== NO_NODE && analysis.roots.isGarbage[referent] === 1,
    callback: described?.name ?? null,
    ...(described?.location && { location: described.location }),
    holder: holder.text,
    holderId: holder.node === NO_NODE ? null : graph.idText(holder.node),
  };
}
