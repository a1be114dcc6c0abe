import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import { internalNameOf, V8Edge, v8EdgeOf } from "../../heap/v8.js";
import type { Analysis } from "../../model/Analysis.js";
import { isLibrary, isStandardLibrary } from "../../model/source.js";
import { containerClassOf, tableOf } from "../../model/v8/entries.js";
import { followInternal } from "../../model/v8/labels.js";
import type { Holder } from "../Holder.js";
import { type Contexts, contextsOf, fileName } from "./contexts.js";
import { exportedOf, isGlobalObject, moduleFile } from "./exports.js";
import { isPart, leadsToClass } from "./steps.js";

// How many steps a name is made of at most, and how many objects are looked at to find one.
const STEPS = 10;
const LOOKED_AT = 4000;
/** An object on the way from what is held to what holds it for good. */
interface Way {
  readonly node: NodeIndex;
  /** What follows the object's own name: `.handlers.saved[…]`. */
  readonly suffix: string;
  /** The property nearest to what is held, and the object that has it. */
  readonly attribute?: { readonly owner: NodeIndex; readonly name: string };
}

/**
 * Tells how objects of a V8 heap are held for good: by a variable that closures share, a class, a module's exports, a
 * property of the global object, or a variable of a function that waits (`await`, `yield`). What only the stack holds
 * is not held for good.
 */
export class V8Holders {
  readonly #analysis: Analysis;
  readonly #contexts: Contexts;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    this.#contexts = contextsOf(analysis);
  }

  /**
   * How an object is held, by the shortest way to a name of the program's, else of a library's, else of the runtime's;
   * undefined where it has none.
   */
  of(held: NodeIndex): Holder | undefined {
    const { referrers, strong } = this.#analysis;
    const seen = new Set([held]);
    let level: Way[] = [{ node: held, suffix: "" }];
    let [best, rank] = [undefined as Holder | undefined, Infinity];
    for (let step = 0; step < STEPS && level.length > 0 && seen.size < LOOKED_AT; step++) {
      const next: Way[] = [];
      for (const way of level) {
        for (let r = referrers.first[way.node]; r < referrers.first[way.node + 1]; r++) {
          const from = referrers.to[r];
          const edge = strong.edge[referrers.edge[r]];
          const direct = this.#directly(from, edge);
          if (direct) {
            const holder = this.#along(direct, way);
            const own = rankOf(holder);
            if (own === 0) return holder;
            if (own < rank) [best, rank] = [holder, own];
            continue;
          }
          if (seen.has(from) || seen.size >= LOOKED_AT) continue;
          const further = this.#further(from, edge, way);
          if (!further) continue;
          seen.add(from);
          next.push(further);
        }
      }
      level = next;
    }
    return best;
  }

  #directly(from: NodeIndex, edge: number): Holder | undefined {
    const { graph } = this.#analysis;
    const { kind, edgeClass, edgeLabel } = graph.columns;
    const label = edgeLabel[edge];
    const name = graph.string(labelPayload(label));
    const type = v8EdgeOf(edgeClass[edge]);
    if (type === V8Edge.context) return this.#inContext(from, name);
    if (type === V8Edge.internal && name === "value") return this.#exported(from);
    if (type === V8Edge.property && !leadsToClass(name)) {
      if (kind[from] === Kind.function) {
        const owner = graph.string(graph.columns.text[from]);
        const location = graph.location(from);
        return {
          where: "class",
          namespaces: [from],
          name: `${owner || "a function"}.${name}`,
          location,
          anchor: { kind: "variable", name },
        };
      }
      if (isGlobalObject(this.#analysis, from)) {
        // Node's own.
        if (name.startsWith("<symbol node:")) return undefined;
        return { where: "module", namespaces: [from], name: `globalThis.${name}`, location: undefined };
      }
      return this.#ofModule(from, name);
    }
    if (kind[from] === Kind.generator && internalNameOf(graph, label) === "parameters_and_registers")
      return this.#waiting(from);
    return undefined;
  }

  /** A variable that closures share. */
  #inContext(context: NodeIndex, variable: string): Holder | undefined {
    const { graph } = this.#analysis;
    const closure = this.#contexts.closureIn(context);
    const location = closure === undefined ? undefined : graph.location(closure);
    if (!location) return undefined;
    const owner = this.#contexts.functionOf(context);
    const place = owner ? `${owner}()` : fileName(location.file);
    return {
      where: "closure",
      namespaces: [context],
      name: `${variable} in ${place}`,
      location,
      anchor: { kind: "enclosing", name: variable },
    };
  }

  /** What a CommonJS module gives to others. */
  #ofModule(module: NodeIndex, name: string): Holder | undefined {
    const file = name === "exports" ? moduleFile(this.#analysis, module) : undefined;
    if (file === undefined) return undefined;
    return {
      where: "module",
      namespaces: [module],
      name: `module.exports of ${fileName(file)}`,
      location: { file, line: 1, name: fileName(file) },
    };
  }

  #exported(cell: NodeIndex): Holder | undefined {
    const exported = exportedOf(this.#analysis, cell);
    if (!exported) return undefined;
    const { variable, location } = exported;
    return {
      where: "module",
      namespaces: [],
      name: `${variable} in ${fileName(location.file)}`,
      location,
      anchor: { kind: "enclosing", name: variable },
    };
  }

  /** A variable of a function that waits; of its registers no snapshot tells the names. */
  #waiting(generator: NodeIndex): Holder | undefined {
    const { graph } = this.#analysis;
    const fn = followInternal(graph, generator, "function");
    const location = fn === undefined ? undefined : graph.location(fn);
    if (fn === undefined || !location) return undefined;
    const name = graph.string(graph.columns.text[fn]);
    return { where: "running", namespaces: [], name: `a variable of ${name || "a function"}()`, location };
  }

  /** The name of what is held, from the name of what holds it. */
  #along(holder: Holder, { suffix, attribute }: Way): Holder {
    if (suffix === "") return holder;
    const { graph } = this.#analysis;
    const namespaces = [...holder.namespaces, ...(attribute ? [attribute.owner] : [])];
    // "bus in app.js" and "._events" make "bus._events in app.js".
    const [, variable, place = ""] = /^(\S+)( (?:in|of) .*)$/s.exec(holder.name) ?? [undefined, holder.name];
    const shared = { where: "instance" as const, name: `${variable}${suffix}${place}`, namespaces };
    // V8 tells of an object where its class is, and of a plain one nothing.
    const location = attribute && graph.location(attribute.owner);
    if (location && !isLibrary(location.file)) {
      return { ...shared, location, anchor: { kind: "variable", name: `this.${attribute.name}` } };
    }
    return { ...holder, ...shared };
  }

  #further(from: NodeIndex, edge: number, { suffix, attribute }: Way): Way | undefined {
    const { graph } = this.#analysis;
    const { kind, edgeClass, edgeLabel } = graph.columns;
    const label = edgeLabel[edge];
    const place = attribute && { attribute };
    switch (v8EdgeOf(edgeClass[edge])) {
      case V8Edge.property: {
        const name = graph.string(labelPayload(label));
        if (leadsToClass(name) || kind[from] === Kind.function) return undefined;
        return { node: from, suffix: `.${name}${suffix}`, ...(place ?? { attribute: { owner: from, name } }) };
      }
      case V8Edge.element:
        return { node: from, suffix: `[…]${suffix}`, ...place };
      case V8Edge.hidden:
        // Fields in an object that it has from a class of the engine.
        return kind[from] === Kind.instance || kind[from] === Kind.generator
          ? { node: from, suffix, ...place }
          : undefined;
      case V8Edge.internal: {
        const name = internalNameOf(graph, label) ?? "";
        if (isPart(name)) return { node: from, suffix, ...place };
        const isEntry = kind[from] === Kind.other && labelSort(label) === LabelSort.internalName && /^\d/.test(name);
        return isEntry ? { node: from, suffix: this.#isTable(from) ? `[…]${suffix}` : suffix, ...place } : undefined;
      }
      default:
        return undefined;
    }
  }

  /** True for the table of a Map or a Set. */
  #isTable(array: NodeIndex): boolean {
    const { graph, referrers } = this.#analysis;
    const { first, to } = referrers;
    for (let r = first[array]; r < first[array + 1]; r++) {
      const container = containerClassOf(graph, to[r]);
      if ((container === "Map" || container === "Set") && tableOf(graph, to[r]) === array) return true;
    }
    return false;
  }
}

/** Whose name it is: 0 the program's, 1 a library's, 2 the runtime's. */
function rankOf({ location }: Holder): number {
  const file = location?.file ?? "";
  if (isStandardLibrary(file)) return 2;
  return isLibrary(file) ? 1 : 0;
}
