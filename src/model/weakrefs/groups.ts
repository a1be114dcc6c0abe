import { typeInfoName } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import type { Analysis } from "../Analysis.js";
import { type CallbackName, describeCallback } from "./describe.js";
import { NO_NODE, type WeakReferences, WeakState } from "./find.js";
import type { Holders } from "./holders.js";
import { Numbering } from "./labels.js";

/** Weak references that are alike: equal in type, in the type that they refer to, in callback and in what holds them. */
export interface WeakGroup {
  /** Type of the weak references: `weakref.ReferenceType`, `weakref.KeyedRef`. */
  readonly type: string;
  /** Type of what they refer to; null where that is not known any more, as of dead ones. */
  readonly referentType: string | null;
  readonly callback: CallbackName | null;
  /** What holds them, see `Holder.text`. */
  readonly holder: string;
  /** Rows in the columns of WeakReferences, ascending. */
  readonly rows: Uint32Array;
  readonly alive: number;
  readonly dead: number;
  readonly unknown: number;
  /** How many refer to garbage. */
  readonly garbage: number;
  /** Sum of the weak references' own sizes in bytes. */
  readonly bytes: number;
  /**
   * The interpreter's own: they refer to infrastructure (classes, modules, and what belongs to them), or are held by a
   * class's table of subclasses or a function of C code.
   */
  readonly infrastructure: boolean;
}

// Above every number of a type, a callback, a holder and a pair.
const PAIR = 2 ** 26;
const NO_TYPE = PAIR - 1;

/** Callbacks by what they run: functions that come from one `def` are one. */
class Callbacks {
  readonly #analysis: Analysis;
  readonly #byCode = new Map<number, number>();
  readonly #numbering = new Numbering<string>();
  readonly names: CallbackName[] = [];

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
  }

  of(callback: number): number {
    const { kind, location } = this.#analysis.graph.columns;
    // A WeakMethod's `_cb` calls what its closure says, which differs from one to the next.
    const known = kind[callback] === Kind.function ? this.#byCode.get(location[callback]) : undefined;
    if (known !== undefined) return known;
    const wraps = this.#analysis.graph.location(callback)?.name.endsWith("_cb") === true;
    const byCode = kind[callback] === Kind.function && location[callback] !== 0 && !wraps;
    const name = describeCallback(this.#analysis, callback);
    const place = name.location ? `${name.location.file}:${name.location.line}` : "";
    const number = this.#numbering.of(`${name.name}\n${place}`);
    this.names[number] ??= name;
    if (byCode) this.#byCode.set(location[callback], number);
    return number;
  }
}

/**
 * Groups weak references. The interpreter's own come last, else those of which most are dead come first, then the
 * larger groups.
 */
export function groupWeakReferences(analysis: Analysis, found: WeakReferences, holders: Holders): WeakGroup[] {
  const { graph, roots, infrastructure } = analysis;
  const { type, selfSize, kind } = graph.columns;
  const callbacks = new Callbacks(analysis);
  const names = new Numbering<string>();
  // Classes that a function makes anew each time have one name.
  const typeNumber = graph.types.map((info) => names.of(typeInfoName(info)));
  // A group is a pair of a group of its first properties and the next property, and so on.
  const pairs = new Numbering<number>();
  const pair = (left: number, right: number) => pairs.of(left * PAIR + right);
  const members = new Map<number, number[]>();
  const firsts: { key: number; callback: number; holder: string; isOwn: boolean }[] = [];
  for (let row = 0; row < found.node.length; row++) {
    const node = found.node[row];
    const referent = found.referent[row];
    const callback = found.callback[row] === NO_NODE ? NO_NODE : callbacks.of(found.callback[row]);
    const holder = holders.of(node);
    const isOwn =
      (referent !== NO_NODE && infrastructure[referent] === 1) ||
      (holder.node !== NO_NODE && (found.subclassTables.has(holder.node) || kind[holder.node] === Kind.builtin));
    const ofTypes = pair(typeNumber[type[node]], referent === NO_NODE ? NO_TYPE : typeNumber[type[referent]]);
    const key = pair(pair(ofTypes, 1 + callback), pair(holder.number, 2 * found.state[row] + Number(isOwn)));
    const rows = members.get(key);
    if (rows) rows.push(row);
    else members.set(key, [row]);
    if (!rows) firsts.push({ key, callback, holder: holder.text, isOwn });
  }
  const groups = firsts.map(({ key, callback, holder, isOwn }): WeakGroup => {
    const rows = Uint32Array.from(members.get(key)!);
    const [first] = rows;
    const referent = found.referent[first];
    const count = (state: WeakState) => rows.reduce((n, row) => n + (found.state[row] === state ? 1 : 0), 0);
    return {
      type: graph.typeName(found.node[first]),
      referentType: referent === NO_NODE ? null : graph.typeName(referent),
      callback: callback === NO_NODE ? null : callbacks.names[callback],
      holder,
      rows,
      alive: count(WeakState.alive),
      dead: count(WeakState.dead),
      unknown: count(WeakState.unknown),
      garbage: rows.reduce((n, row) => n + (found.referent[row] < 0 ? 0 : roots.isGarbage[found.referent[row]]), 0),
      bytes: rows.reduce((sum, row) => sum + selfSize[found.node[row]], 0),
      infrastructure: isOwn,
    };
  });
  return groups.sort(
    (a, b) =>
      Number(a.infrastructure) - Number(b.infrastructure) ||
      b.dead - a.dead ||
      b.rows.length - a.rows.length ||
      a.rows[0] - b.rows[0],
  );
}
