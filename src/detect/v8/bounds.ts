import type { HeapGraph, NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import type { Analysis } from "../../model/Analysis.js";
import { followInternal } from "../../model/v8/labels.js";
import type { Holder } from "../Holder.js";
import type { Sources } from "../Sources.js";

/** Why a container of a V8 heap may not grow for ever. Numbers are seldom in a snapshot, so that it is not certain. */
export type Care =
  /** Where the program takes entries out. */
  | { readonly kind: "taken-out"; readonly location: SourceLocation }
  /** A property of the object that has it: `max`. */
  | { readonly kind: "property"; readonly name: string }
  /** An object of a class that is made to be bounded. */
  | { readonly kind: "class"; readonly name: string }
  /** No line of its file adds to it, and nothing else knows it. */
  | { readonly kind: "filled-once" };

// How far a text is looked at behind a bracket or a word: without a bound that takes quadratic time.
const NEAR = 1000;
// Of what something may become too much: maxSize and limit, not maxRetries and rateLimit.
const LIMIT =
  /^[_#]?(max|limit|ttl)$|(max|limit).*(size|entries|length|items|keys|count|age|cached)|capacity|(size|entries|length|items|keys|count)_?(max|limit)$|ttl$/i;
// Every EventEmitter has it, and it is no bound of what a subclass keeps.
const OF_EMITTERS = /^_?(defaultM|m)axListeners$/;
const BOUNDED_CLASS = /lru|bounded|ringbuffer/i;

/** What speaks for it that a container does not grow for ever; undefined where nothing does. */
export function careOf({ graph }: Analysis, holder: Holder, sources: Sources): Care | undefined {
  for (const owner of holder.namespaces) {
    if (graph.columns.kind[owner] !== Kind.instance) continue;
    const type = graph.typeName(owner);
    if (BOUNDED_CLASS.test(type)) return { kind: "class", name: type };
    const name = propertyNames(graph, owner).find((property) => LIMIT.test(property) && !OF_EMITTERS.test(property));
    if (name !== undefined) return { kind: "property", name };
  }
  return fromSource(holder, sources);
}

/** Names of an object's properties, as its hidden class has them: small integers are not in a snapshot, their names are. */
function propertyNames(graph: HeapGraph, object: NodeIndex): string[] {
  const { firstEdge, edgeTo, kind, text } = graph.columns;
  const map = followInternal(graph, object, "map");
  const descriptors = map === undefined ? undefined : followInternal(graph, map, "descriptors");
  if (descriptors === undefined) return [];
  const names: string[] = [];
  for (let e = firstEdge[descriptors]; e < firstEdge[descriptors + 1]; e++) {
    if (kind[edgeTo[e]] === Kind.str) names.push(graph.string(text[edgeTo[e]]));
  }
  return names;
}

/**
 * Entries are taken out by `delete`, `clear`, `shift`, `pop` or `splice` on its name, `delete NAME[…]`, or
 * `NAME.length = `; they come in by `set`, `add`, `push`, `unshift`, `splice`, or `NAME[…] = `.
 */
function fromSource({ name, where, location, anchor }: Holder, sources: Sources): Care | undefined {
  const text = location && sources.text(location.file);
  const last = /(?:^|\.)([\p{ID_Continue}$#]+)$/u.exec(name.replace(/ (in|of) .*$/s, ""))?.[1] ?? anchor?.name;
  if (text === undefined || last === undefined) return undefined;
  // A name in a snapshot can hold anything.
  const own = `(?<![\\w$])${last.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`;
  const out = new RegExp(
    [
      `${own}\\s*(\\?\\.|\\.)\\s*(delete|clear|shift|pop|splice)\\s*\\(`,
      `${own}\\s*\\.\\s*length\\s*=(?!=)`,
      `\\bdelete\\s+([\\w$]+\\.)*${own}\\s*[[.]`,
      `\\bReflect\\.deleteProperty\\(\\s*([\\w$]+\\.)*${own}\\s*,`,
    ].join("|"),
  ).exec(text);
  if (out) {
    const line = text.slice(0, out.index).split(/\r\n?|\n/).length;
    return { kind: "taken-out", location: { file: location!.file, line, name: last } };
  }
  const isAdded = new RegExp(
    [
      `${own}\\s*(\\?\\.|\\.)\\s*(set|add|push|unshift)\\s*\\(`,
      `${own}\\s*\\[[^\\]]{0,${NEAR}}\\](\\s*\\.[\\w$]+)*\\s*(\\?\\?|\\|\\||&&)?=(?!=)`,
      `\\bObject\\.(assign|defineProperty)\\(\\s*([\\w$]+\\.)*${own}\\s*,`,
      // Somebody else can add to it: it is given away.
      `exports[^;]{0,${NEAR}}${own}|[({,:]\\s*${own}\\s*[,)}]|\\breturn\\s+${own}\\s*[;\\n]|=\\s*${own}\\s*[;,\\n]`,
    ].join("|"),
  );
  return where === "closure" && !isAdded.test(text) ? { kind: "filled-once" } : undefined;
}
