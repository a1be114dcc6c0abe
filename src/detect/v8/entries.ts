import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import type { Analysis } from "../../model/Analysis.js";
import { containerClassOf, entriesOf, tableOf } from "../../model/v8/entries.js";
import type { Entries } from "../caches.js";

const PLAIN: ReadonlySet<number> = new Set([Kind.str, Kind.number, Kind.none]);
// A table of a library's has values of so many.
const PLAIN_PARTS = 50;

/** What Maps, Sets, Arrays and plain objects hold, together. */
export function v8Entries({ graph, ownership }: Analysis, containers: readonly NodeIndex[]): Entries {
  let [count, sole] = [0, 0];
  const types = new Map<string, number>();
  for (const container of containers) {
    const table = tableOf(graph, container);
    for (const { key, value } of entriesOf(graph, container)) {
      count++;
      const told = value >= 0 ? value : key;
      const owner = ownership.idom[told];
      // What is in no object of its own is there for the container alone.
      if (owner === container || owner === table || graph.columns.kind[told] === Kind.number) sole++;
      const type = value < 0 && containerClassOf(graph, container) === "Map" ? "number" : typeOf(graph, told);
      types.set(type, (types.get(type) ?? 0) + 1);
    }
  }
  const [commonType, commonCount] = [...types].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  return { count, sole, commonType, commonCount };
}

/** Texts are kept in several ways, which are all the same to who wrote the program. */
function typeOf(graph: Analysis["graph"], node: NodeIndex): string {
  return graph.columns.kind[node] === Kind.str ? "string" : graph.typeName(node);
}

/** True where a container holds texts and numbers only, or small objects of such. */
export function holdsPlainData({ graph }: Analysis, container: NodeIndex): boolean {
  const { kind } = graph.columns;
  const isPlain = (node: NodeIndex) => node < 0 || PLAIN.has(kind[node]) || graph.kindName(node) === "other";
  for (const { key, value } of entriesOf(graph, container)) {
    if (isPlain(key) && isPlain(value)) continue;
    if (!isPlain(key) || containerClassOf(graph, value) === undefined) return false;
    let parts = 0;
    for (const part of entriesOf(graph, value)) if (++parts > PLAIN_PARTS || !isPlain(part.value)) return false;
  }
  return true;
}
