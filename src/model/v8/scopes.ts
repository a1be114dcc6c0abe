import type { HeapGraph, NodeIndex, ScopeTable } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { followInternal } from "./labels.js";

const CHAIN = 10_000;

/** Which functions and contexts belong to which scopes, where the snapshot tells of scopes. */
export class HeapScopes {
  readonly #graph: HeapGraph;
  readonly #table: ScopeTable;
  /** What describes a scope, to the script that it is in. */
  readonly #scripts = new Map<NodeIndex, NodeIndex>();

  private constructor(graph: HeapGraph, table: ScopeTable) {
    this.#graph = graph;
    this.#table = table;
    const { kind } = graph.columns;
    for (let node = 0; node < graph.nodeCount; node++) {
      if (kind[node] !== Kind.code) continue;
      const scope = followInternal(graph, node, "name_or_scope_info");
      const script = scope === undefined ? undefined : followInternal(graph, node, "script");
      if (scope !== undefined && script !== undefined) this.#scripts.set(scope, script);
    }
  }

  /** Undefined where the snapshot has no table of scopes. */
  static of(graph: HeapGraph): HeapScopes | undefined {
    const { scopes } = graph.facts;
    return scopes && new HeapScopes(graph, scopes);
  }

  /**
   * Whether one of some closures can read a variable of a context that all of them reach: it uses the variable itself,
   * or a function in it does, which it can make. Undefined where that is not known.
   * (isVariableUsedInContext in DevTools' ContextAnalyzer.ts)
   */
  isUsed(context: NodeIndex, variable: string, closures: readonly NodeIndex[]): boolean | undefined {
    const scope = this.#ofContext(context);
    const users = scope === undefined ? undefined : this.#table.usersOf(scope, variable);
    if (!users) return undefined;
    const alive = new Set<number>();
    for (const closure of closures) {
      const own = this.#ofFunction(closure);
      if (own === undefined) return undefined;
      alive.add(own);
    }
    for (const user of users) {
      for (let row = user; row >= 0; row = this.#table.parent(row)) if (alive.has(row)) return true;
    }
    return false;
  }

  #ofFunction(closure: NodeIndex): number | undefined {
    const shared = followInternal(this.#graph, closure, "shared");
    const script = shared === undefined ? undefined : followInternal(this.#graph, shared, "script");
    return script === undefined ? undefined : this.#row(script, shared!);
  }

  #ofContext(context: NodeIndex): number | undefined {
    const scope = followInternal(this.#graph, context, "scope_info");
    // What describes a block has no function of its own: its script is that of the one around.
    let at = scope;
    for (let steps = 0; at !== undefined && steps < CHAIN; steps++) {
      const script = this.#scripts.get(at);
      if (script !== undefined) return this.#row(script, scope!);
      at = followInternal(this.#graph, at, "outer_scope_info");
    }
    return undefined;
  }

  #row(script: NodeIndex, described: NodeIndex): number | undefined {
    const id = followInternal(this.#graph, described, "scope_id");
    const number = id === undefined ? undefined : this.#graph.numbers.get(id);
    const row = number === undefined ? -1 : this.#table.find(script, number);
    return row < 0 ? undefined : row;
  }
}
