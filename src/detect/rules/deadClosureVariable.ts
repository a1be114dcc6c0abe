import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { labelPayload } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import { V8Edge, v8EdgeOf } from "../../heap/v8.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isLibrary } from "../../model/source.js";
import { followInternal } from "../../model/v8/labels.js";
import { HeapScopes } from "../../model/v8/scopes.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import type { Message } from "../messages.js";
import { NO_SOURCES, type Sources } from "../Sources.js";
import { leastWorth, retainedTogether } from "../together.js";
import { type Contexts, contextsOf } from "../v8/contexts.js";
import { type ScriptFunction, ScriptScopes } from "../v8/scopes.js";

const MIN_BYTES = 64_000;
const MIN_HEAP_SHARE = 0.01;
// Of so many calls of one function it is looked at who can read the variable.
const LOOKED_AT = 1000;
const NAMED = 3;
const CONTEXTS = 10_000;

/** A variable of one call of a function: the context that holds it, and what it holds. */
interface Captured {
  readonly context: NodeIndex;
  readonly value: NodeIndex;
}

/** A variable that is kept though nothing alive reads it. */
interface Dead extends Captured {
  /** Where it is declared; where only V8 tells, the place of a function that keeps it. */
  readonly location: SourceLocation;
  readonly owner: ScriptFunction;
  /** Functions that read it, none of them alive; undefined where it is not known which. */
  readonly readers: readonly ScriptFunction[] | undefined;
  /** Functions whose closures keep the context. */
  readonly keepers: readonly ScriptFunction[];
}

/**
 * Variables that closures keep alive though none of those that are left reads them: closures of one call share one
 * context, so that one that stays keeps what another one needed (V8). Who reads what, the program's source tells.
 */
export const deadClosureVariable: Detector = {
  rule: "dead-closure-variable",
  detect(analysis, sources = NO_SOURCES) {
    const reader = new Reader(analysis, sources);
    return largeVariables(analysis).flatMap(({ name, captured }) => {
      const dead = captured.slice(0, LOOKED_AT).flatMap((one) => reader.dead(name, one) ?? []);
      return finding(analysis, name, dead);
    });
  },
};

function finding(analysis: Analysis, name: string, dead: readonly Dead[]): Finding[] {
  const bytes = retainedTogether(
    analysis,
    dead.map(({ value }) => value),
  );
  if (bytes < leastWorth(analysis, MIN_BYTES, MIN_HEAP_SHARE)) return [];
  const [{ location, owner, readers, keepers, value }] = dead;
  const shown = { variable: printable(name), each: bytes / dead.length };
  const kept = {
    keepers: listed(keepers),
    alive: { id: keepers.length > 1 ? "dead.are" : "dead.is", arguments: {} },
  } as const;
  const why: Message =
    readers && readers.length > 0
      ? { id: "dead.why", arguments: { ...shown, ...kept, readers: listed(distinct(readers)) } }
      : { id: readers ? "dead.why-unread" : "dead.why-gone", arguments: { ...shown, ...kept } };
  return [
    {
      rule: "dead-closure-variable",
      severity: "warning",
      title: {
        id: "dead.title",
        arguments: { ...shown, bytes, count: dead.length, function: textOf(owner) },
      },
      why,
      fix: { id: "dead.fix", arguments: shown },
      count: dead.length,
      bytes,
      objects: dead.map((one) => one.value),
      fingerprint: fingerprint("dead-closure-variable", location.file, owner.name, name),
      location,
      path: rootPaths(analysis, value, 1)[0]?.steps ?? [],
    },
  ];
}

/** Functions, those of one line once. */
function distinct(functions: readonly ScriptFunction[]): ScriptFunction[] {
  return [...new Map(functions.map((fn) => [fn.line, fn])).values()];
}

function textOf({ name, line }: ScriptFunction): string {
  if (line === 0) return name === "" ? "a function" : `${printable(name)}()`;
  return name === "" ? `the function in line ${line}` : `${printable(name)}() (line ${line})`;
}

function listed(functions: readonly ScriptFunction[]): string {
  const some = functions.slice(0, NAMED).map(textOf);
  return some.join(", ") + (functions.length > NAMED ? ", …" : "");
}

/** Variables of contexts that alone keep much, those of one name in one scope together. */
function largeVariables(analysis: Analysis): { readonly name: string; readonly captured: readonly Captured[] }[] {
  const { graph, ownership } = analysis;
  const { kind, firstEdge, edgeTo, edgeClass, edgeLabel } = graph.columns;
  const groups = new Map<string, { name: string; bytes: number; captured: Captured[] }>();
  for (let context = 0; context < graph.nodeCount; context++) {
    if (kind[context] !== Kind.context) continue;
    const scope = followInternal(graph, context, "scope_info") ?? -1;
    for (let e = firstEdge[context]; e < firstEdge[context + 1]; e++) {
      const value = edgeTo[e];
      if (v8EdgeOf(edgeClass[e]) !== V8Edge.context || ownership.idom[value] !== context) continue;
      const key = `${scope} ${labelPayload(edgeLabel[e])}`;
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { name: graph.string(labelPayload(edgeLabel[e])), bytes: 0, captured: [] }));
      group.bytes += ownership.retained[value];
      group.captured.push({ context, value });
    }
  }
  const least = leastWorth(analysis, MIN_BYTES, MIN_HEAP_SHARE);
  return [...groups.values()].filter(({ bytes }) => bytes >= least);
}

/** Says of variables whether anything alive can read them. */
class Reader {
  readonly #analysis: Analysis;
  readonly #sources: Sources;
  readonly #contexts: Contexts;
  readonly #scopes = new Map<string, ScriptScopes | undefined>();
  readonly #table: HeapScopes | undefined;
  readonly #closures = new Map<NodeIndex, readonly NodeIndex[] | undefined>();

  constructor(analysis: Analysis, sources: Sources) {
    this.#analysis = analysis;
    this.#sources = sources;
    this.#contexts = contextsOf(analysis);
    this.#table = HeapScopes.of(analysis.graph);
  }

  /** The variable as one that nothing reads; undefined where something does, or it is not known. */
  dead(name: string, captured: Captured): Dead | undefined {
    const { context } = captured;
    // A module's context has many variables, and many closures.
    if (!this.#closures.has(context)) this.#closures.set(context, this.#closuresOf(context));
    const closures = this.#closures.get(context);
    const file = closures && this.#analysis.graph.location(closures[0])?.file;
    if (!closures || file === undefined || isLibrary(file)) return undefined;
    const scopes = this.#scopesOf(file);
    return scopes ? this.#bySource(name, captured, closures, file, scopes) : this.#byTable(name, captured, closures);
  }

  #bySource(
    name: string,
    captured: Captured,
    closures: readonly NodeIndex[],
    file: string,
    scopes: ScriptScopes,
  ): Dead | undefined {
    const functions = new Map<ScriptFunction, string>();
    for (const closure of closures) {
      const at = this.#analysis.graph.location(closure);
      const fn = at?.file === file && at.column !== undefined ? scopes.functionAt(at.line, at.column) : undefined;
      // A function that is not found in the source could read anything.
      if (!fn) return undefined;
      functions.set(fn, fn.name || at!.name);
    }
    const [first] = functions.keys();
    const visible = scopes.visibleFrom(first, name);
    const wanted = this.#contexts.functionOf(captured.context);
    const variable = visible.length === 1 ? visible[0] : visible.find(({ owner }) => owner?.name === wanted);
    if (!variable?.owner) return undefined;
    if (variable.readers.some((around) => around.some((fn) => functions.has(fn)))) return undefined;
    const keepers = [...functions].map(([{ line }, called]) => ({ name: called, line }));
    const { owner, line, column } = variable;
    const readers = variable.readers.flatMap((around) => around.slice(-1));
    return { ...captured, location: { file, line, column, name: owner.name || name }, owner, readers, keepers };
  }

  /** By what V8 itself tells of scopes: the lines are those of the functions that keep the variable. */
  #byTable(name: string, captured: Captured, closures: readonly NodeIndex[]): Dead | undefined {
    if (this.#table?.isUsed(captured.context, name, closures) !== false) return undefined;
    const { graph } = this.#analysis;
    const places = new Map(closures.map((closure) => [graph.columns.location[closure], graph.location(closure)]));
    const keepers = [...places.values()].flatMap((place) => place ?? []);
    const owner = { name: this.#contexts.functionOf(captured.context), line: 0 };
    const [{ file, line, column }] = keepers;
    const location = { file, line, ...(column !== undefined && { column }), name: owner.name || name };
    return { ...captured, location, owner, readers: undefined, keepers };
  }

  #scopesOf(file: string): ScriptScopes | undefined {
    if (!this.#scopes.has(file)) {
      const text = this.#sources.text(file);
      this.#scopes.set(file, text === undefined ? undefined : ScriptScopes.of(text));
    }
    return this.#scopes.get(file);
  }

  /**
   * The closures that can reach a context; undefined where something else can: the call that it belongs to still runs,
   * waits, or is not known.
   */
  #closuresOf(context: NodeIndex): NodeIndex[] | undefined {
    const { kind } = this.#analysis.graph.columns;
    const closures: NodeIndex[] = [];
    const inner = [context];
    for (let i = 0; i < inner.length; i++) {
      if (inner.length > CONTEXTS) return undefined;
      for (const [from, link] of this.#contexts.referrersOf(inner[i])) {
        if (link === "previous" && kind[from] === Kind.context) inner.push(from);
        else if (link === "context" && kind[from] === Kind.function) closures.push(from);
        else if (link === "context" && kind[from] === Kind.generator && i > 0) {
          const fn = followInternal(this.#analysis.graph, from, "function");
          if (fn === undefined) return undefined;
          closures.push(fn);
        } else return undefined;
      }
    }
    return closures.length > 0 ? closures : undefined;
  }
}
