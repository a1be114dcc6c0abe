import type { NodeIndex } from "../../heap/HeapGraph.js";
import { LabelSort, nameOfLabel } from "../../heap/labels.js";
import type { Analysis } from "../../model/Analysis.js";
import { isStandardLibrary } from "../../model/source.js";
import { type Holder, holdersOf } from "../holders.js";
import { groupBy } from "../together.js";

const ASKED = 20;
// It says something of all where so many of those asked stand there.
const SHARE = 0.25;

/**
 * Where most of some strings stand: `flags[…].strategy in flags.js`; where nothing holds them for good, the property
 * that they are (`FeatureFlag.strategy`). Undefined where they stand all over.
 */
export function stringPlace(
  analysis: Analysis,
  nodes: Uint32Array,
): { readonly place: string; readonly holder: Holder } | undefined {
  const holders = holdersOf(analysis);
  const some = nodes.filter((_, i) => i % Math.ceil(nodes.length / ASKED) === 0);
  const held = [...some].flatMap((node) => {
    const holder = holders.of(node);
    // By way of the runtime's own variables a string of the program's can be found too.
    const isOwn = holder && !isStandardLibrary(holder.location?.file ?? "");
    return (isOwn ? holder : propertyOf(analysis, node)) ?? [];
  });
  const [most] = [...groupBy(held, ({ name }) => name.replace(/\[.*?\]/g, "[…]"))].sort(
    (a, b) => b[1].length - a[1].length,
  );
  return most && most[1].length >= some.length * SHARE ? { place: most[0], holder: most[1][0] } : undefined;
}

/** The property of an object that a string is, by the object's class. */
function propertyOf({ graph, referrers, strong }: Analysis, node: NodeIndex): Holder | undefined {
  for (let r = referrers.first[node]; r < referrers.first[node + 1]; r++) {
    const owner = referrers.to[r];
    const name = nameOfLabel(graph, graph.columns.edgeLabel[strong.edge[referrers.edge[r]]], LabelSort.attribute);
    const location = graph.location(owner);
    if (name === undefined || !location) continue;
    return {
      where: "instance",
      name: `${graph.typeName(owner)}.${name}`,
      location,
      anchor: { kind: "variable", name: `this.${name}` },
      namespaces: [owner],
    };
  }
  return undefined;
}
