import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelSort } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isStandardLibrary } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import type { Message } from "../messages.js";
import { type Holder, Holders } from "../holders.js";

const CONTAINERS: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque]);
const MIN_ENTRIES = 100;
const MIN_BYTES = 64_000;
const MIN_HEAP_SHARE = 0.01;
const MIN_SOLE_SHARE = 0.5;
const UNIFORM_SHARE = 0.9;
// With so large a share of the heap a few entries are enough.
const LARGE_SHARE = 0.05;
const FEW_ENTRIES = 8;

interface Entries {
  readonly count: number;
  /** Values that only the container keeps alive. */
  readonly sole: number;
  readonly commonType: string;
  readonly commonCount: number;
}

/** Containers with many entries that stay for good. From one snapshot they are suspects, no more. */
export const unboundedCache: Detector = {
  rule: "unbounded-cache",
  detect(analysis) {
    const { graph, ownership, roots, infrastructure } = analysis;
    const { kind, firstEdge } = graph.columns;
    const alive = ownership.retained[ownership.aliveRoot];
    const least = Math.max(MIN_BYTES, alive * MIN_HEAP_SHARE);
    const findings: Finding[] = [];
    let holders: Holders | undefined;
    for (let node = 0; node < graph.nodeCount; node++) {
      if (!CONTAINERS.has(kind[node]) || infrastructure[node] === 1 || roots.isGarbage[node] === 1) continue;
      const fewest = ownership.retained[node] < alive * LARGE_SHARE ? MIN_ENTRIES : FEW_ENTRIES;
      if (ownership.retained[node] < least || firstEdge[node + 1] - firstEdge[node] < fewest) continue;
      const entries = entriesOf(analysis, node);
      if (entries.count < fewest || entries.sole < entries.count * MIN_SOLE_SHARE) continue;
      holders ??= new Holders(analysis);
      const holder = holders.of(node);
      // The standard library's large containers are tables, or have a bound of their own (re, functools, linecache).
      if (holder && !isStandardLibrary(holder.location?.file ?? "")) {
        findings.push(suspect(analysis, node, entries, holder));
      }
    }
    return findings;
  },
};

function entriesOf({ graph, ownership }: Analysis, node: NodeIndex): Entries {
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  let count = 0;
  let sole = 0;
  const types = new Map<string, number>();
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
    const sort = labelSort(edgeLabel[e]);
    // A dict subclass's own attributes and its hold on the keys are no entries.
    if (sort === LabelSort.keyOf || sort === LabelSort.attribute) continue;
    count++;
    if (ownership.idom[edgeTo[e]] === node) sole++;
    const type = graph.typeName(edgeTo[e]);
    types.set(type, (types.get(type) ?? 0) + 1);
  }
  const [commonType, commonCount] = [...types].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  return { count, sole, commonType, commonCount };
}

function suspect(analysis: Analysis, node: NodeIndex, entries: Entries, holder: Holder): Finding {
  const { graph, ownership } = analysis;
  const alike = entries.commonCount >= entries.count * UNIFORM_SHARE;
  const uniform: Message = {
    id: alike ? "cache.uniform" : "cache.mixed",
    arguments: { type: printable(entries.commonType) },
  };
  const name = printable(holder.name);
  const bytes = ownership.retained[node];
  const { kind } = graph.columns;
  const sort = kind[node] === Kind.dict ? "dict" : kind[node] === Kind.set ? "set" : "list";
  return {
    rule: "unbounded-cache",
    severity: "warning",
    title: {
      id: "cache.title",
      arguments: { name, entries: entries.count, bytes, what: { id: `cache.${sort}`, arguments: {} } },
    },
    why: {
      id: "cache.why",
      arguments: {
        sole: entries.sole,
        entries: entries.count,
        share: Math.round((100 * entries.sole) / entries.count),
        type: printable(graph.typeName(node)),
        uniform,
      },
    },
    fix: { id: `cache.fix-${sort}`, arguments: {} },
    count: entries.count,
    bytes,
    objects: [node],
    fingerprint: fingerprint("unbounded-cache", holder.where, holder.name),
    ...(holder.location && { location: holder.location }),
    ...(holder.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, node, 1)[0]?.steps ?? [],
  };
}
