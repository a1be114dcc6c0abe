import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { internalNameOf } from "../../heap/v8.js";
import type { Analysis } from "../../model/Analysis.js";
import { followInternal, internalLabels } from "../../model/v8/labels.js";

const LOOKED_AT = 500;

const known = new WeakMap<Analysis, Contexts>();

/** The contexts of a heap, made once. */
export function contextsOf(analysis: Analysis): Contexts {
  let contexts = known.get(analysis);
  if (!contexts) known.set(analysis, (contexts = new Contexts(analysis)));
  return contexts;
}

/** Finds what belongs to contexts: the closures that share one, and the function whose variables it holds. */
export class Contexts {
  readonly #analysis: Analysis;
  readonly #closures = new Map<NodeIndex, NodeIndex | undefined>();
  #functions: Map<NodeIndex, NodeIndex> | undefined;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
  }

  /** A closure that can reach the context's variables and whose place in the source is known, the nearest one. */
  closureIn(context: NodeIndex): NodeIndex | undefined {
    if (!this.#closures.has(context)) this.#closures.set(context, this.#search(context));
    return this.#closures.get(context);
  }

  #search(context: NodeIndex): NodeIndex | undefined {
    const { graph } = this.#analysis;
    const inner = [context];
    for (let i = 0; i < inner.length && i < LOOKED_AT; i++) {
      for (const [from, name] of this.referrersOf(inner[i])) {
        if (name === "context" && graph.columns.kind[from] === Kind.function && graph.location(from)) return from;
        if (name === "previous") inner.push(from);
      }
    }
    return undefined;
  }

  /** What refers to a context, and by which link of the engine's (`context`, `previous`; "" for others). */
  *referrersOf(context: NodeIndex): Generator<readonly [from: NodeIndex, link: string]> {
    const { graph, referrers, strong } = this.#analysis;
    for (let r = referrers.first[context]; r < referrers.first[context + 1]; r++) {
      const label = graph.columns.edgeLabel[strong.edge[referrers.edge[r]]];
      yield [referrers.to[r], internalNameOf(graph, label) ?? ""];
    }
  }

  /**
   * Name of the function whose variables a context holds, of a block in it too; the empty string for a module's own
   * and for functions without a name.
   */
  functionOf(context: NodeIndex): string {
    const { graph } = this.#analysis;
    const scope = followInternal(graph, context, "scope_info");
    const fn = scope === undefined ? undefined : (this.#functions ??= this.#functionsByScope()).get(scope);
    const name = fn === undefined ? "" : graph.string(graph.columns.text[fn]);
    // So V8 calls what has no name, and newer versions put their own word before a name.
    return name === "(shared function info)" ? "" : name.replace(/^system \/ SharedFunctionInfo( \/ )?/, "");
  }

  /** What functions of one place in the source share, by the scope that they open. */
  #functionsByScope(): Map<NodeIndex, NodeIndex> {
    const { graph } = this.#analysis;
    const { kind, firstEdge, edgeTo, edgeLabel } = graph.columns;
    const labels = internalLabels(graph, "name_or_scope_info");
    const found = new Map<NodeIndex, NodeIndex>();
    for (let node = 0; node < graph.nodeCount; node++) {
      if (kind[node] !== Kind.code) continue;
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        if (labels.has(edgeLabel[e])) found.set(edgeTo[e], node);
      }
    }
    return found;
  }
}

/** The last part of a path or an address. */
export function fileName(file: string): string {
  return (
    file
      .replace(/[?#].*$/s, "")
      .split(/[\\/]/)
      .at(-1) || file
  );
}
