import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { labelText } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import { callbackOf, libraryCallback, libraryEntry, NO_NODE, rowOf } from "../../model/weakrefs/index.js";
import type { Session } from "../Session.js";
import { knownWeakrefs, type WeakrefRow, weakrefRow } from "./weakrefs.js";

/** An entry of a weak container. */
interface Entry {
  readonly kind: "value-dict" | "key-dict" | "set";
  /** Id and name of the dict or set. */
  readonly container: string;
  readonly name: string;
  /** Of a WeakValueDictionary. */
  readonly key?: string;
  /** Of a WeakKeyDictionary: what goes with the entry. */
  readonly value?: { readonly id: string; readonly name: string };
  /** It goes only when the iteration that is going on has ended. */
  readonly deferred: boolean;
}

/** What a callback would do if the object died or its weak references were cleared. */
export interface ClearedRow {
  readonly weakref: string;
  readonly callback: string;
  readonly location?: SourceLocation;
  /** False where the weak reference goes together with its object, so that nobody is called. */
  readonly runs: boolean;
  /** An entry that a callback of the standard library's weak containers drops; null where code of its own runs. */
  readonly drops: Entry | null;
  /** All of it in words. */
  readonly what: string;
}

/** Who refers to an object weakly, and what clearing these references would set off. */
export interface ObjectWeakrefs {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly garbage: boolean;
  /** In the order of the object's own list. */
  readonly weakrefs: readonly WeakrefRow[];
  /** Callbacks in the order in which they are called. */
  readonly clears: readonly ClearedRow[];
  /** Where the object is a weak reference itself. */
  readonly self?: WeakrefRow;
}

/**
 * Who refers to an object weakly. All its weak references are dead before the first callback is called; then the
 * callbacks are called in the order of the object's list (PyObject_ClearWeakRefs, Objects/weakrefobject.c).
 * @throws UnknownObjectError
 */
export function weakrefsOf(session: Session, id: string): ObjectWeakrefs {
  const { graph, analysis } = session;
  const node = session.node(id);
  const { references } = knownWeakrefs(session);
  const garbage = analysis.roots.isGarbage[node] === 1;
  const list: NodeIndex[] = [];
  for (let i = 0; i < graph.weakrefs.length; i += 2) if (graph.weakrefs[i] === node) list.push(graph.weakrefs[i + 1]);
  const rows = list.flatMap((weakref) => {
    const row = rowOf(references.node, weakref);
    return row < 0 ? [] : [{ weakref, row: weakrefRow(session, row) }];
  });
  const own = rowOf(references.node, node);
  return {
    id: graph.idText(node),
    name: graph.nodeName(node),
    type: graph.typeName(node),
    garbage,
    weakrefs: rows.map(({ row }) => row),
    clears: rows.flatMap(({ weakref, row }) =>
      callbackOf(graph, weakref) === undefined ? [] : [cleared(session, weakref, row)],
    ),
    ...(own >= 0 && { self: weakrefRow(session, own) }),
  };
}

function cleared(session: Session, weakref: NodeIndex, row: WeakrefRow): ClearedRow {
  const { graph, analysis } = session;
  // The collector calls no callback of a weak reference that it frees as well.
  const runs = !row.garbage || analysis.roots.isGarbage[weakref] === 0;
  const drops = dropped(session, weakref);
  return {
    weakref: row.id,
    callback: row.callback ?? graph.nodeName(callbackOf(graph, weakref) ?? NO_NODE),
    ...(row.location && { location: row.location }),
    runs,
    drops,
    what: inWords(row, runs, drops ?? (libraryCallback(graph, weakref) ? "nothing" : "unknown")),
  };
}

function dropped(session: Session, weakref: NodeIndex): Entry | null {
  const { graph, analysis } = session;
  const library = libraryCallback(graph, weakref);
  const entry = library && libraryEntry(analysis, weakref, library);
  if (!library || !entry) return null;
  const label = labelText(graph, graph.columns.edgeLabel[entry.edge]);
  return {
    kind: library.kind,
    container: graph.idText(library.container),
    name: knownWeakrefs(session).holders.nameOf(library.container),
    ...(library.kind === "value-dict" && { key: printable(label.slice(1, -1)) }),
    ...(entry.value !== undefined && { value: { id: graph.idText(entry.value), name: graph.nodeName(entry.value) } }),
    deferred: library.deferred,
  };
}

function inWords(row: WeakrefRow, runs: boolean, effect: Entry | "nothing" | "unknown"): string {
  if (!runs) return "not called: the weak reference is garbage too";
  if (effect === "unknown") return `runs ${printable(row.callback ?? "")}`;
  if (effect === "nothing") return "does nothing: the entry under its key is another's by now";
  const entry = effect.key !== undefined ? `the entry ${effect.key}` : "its entry";
  const value = effect.value ? `, and with it ${printable(effect.value.name)}` : "";
  const when = effect.deferred ? " when the iteration over it has ended" : "";
  return `drops ${entry} of ${printable(effect.name)}${value}${when}`;
}
