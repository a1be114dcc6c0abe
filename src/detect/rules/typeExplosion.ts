import { type NodeIndex, typeInfoName } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { isLibrary, typeLocation } from "../../model/source.js";
import { rootPaths } from "../../model/paths.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { groupBy, retainedTogether } from "../together.js";

const MANY = 20;
const MIN_BYTES = 64_000;

/** Many classes of one name: made anew in each call, where once would do. */
export const typeExplosion: Detector = {
  rule: "type-explosion",
  detect(analysis) {
    const { graph } = analysis;
    const nodes = graph.types.flatMap(({ node }) =>
      node >= 0 && graph.hasFlag(node, Flag.tracked) && graph.columns.kind[node] === Kind.type ? [node] : [],
    );
    const infoOf = new Map(graph.types.map((info) => [info.node, info]));
    return [...groupBy(nodes, (node) => typeInfoName(infoOf.get(node)!))].flatMap(([name, classes]) => {
      if (classes.length < MANY) return [];
      const bytes = retainedTogether(analysis, classes);
      return bytes < MIN_BYTES ? [] : [explosion(analysis, name, classes, bytes)];
    });
  },
};

/** True if a file can be that of a class's module: `a/b.py` of `a.b.C`. */
function isModuleOf(file: string, className: string): boolean {
  const words = file.replace(/([\\/]__init__)?\.py[co]?$/, "").split(/[\\/]/);
  return `.${className}`.includes(`.${words.slice(-2).join(".")}.`) || className.startsWith(`${words.at(-1)}.`);
}

function explosion(analysis: Analysis, name: string, classes: readonly NodeIndex[], bytes: number): Finding {
  const { graph, roots } = analysis;
  const living = classes.filter((node) => roots.isGarbage[node] === 0);
  const holders = holdersOf(analysis);
  const holder = living.length > 0 ? holders.of(living[0]) : undefined;
  const first = typeLocation(graph, classes[0]);
  // A namedtuple's or an enum's methods are those of the library that makes it.
  const own = first && isLibrary(first.file) ? undefined : first;
  const location = own ?? holder?.location;
  const isLibrarys = [first, location].some((place) => place && isLibrary(place.file) && isModuleOf(place.file, name));
  return {
    rule: "type-explosion",
    // Of a library's own classes there are as many as it needs.
    severity: isLibrarys ? "info" : "warning",
    title: { id: "types.title", arguments: { count: classes.length, name: printable(name), bytes } },
    why: holder
      ? { id: "types.why-held", arguments: { count: living.length, place: printable(holder.name) } }
      : { id: "types.why-garbage", arguments: { count: classes.length - living.length } },
    fix: { id: "types.fix", arguments: {} },
    count: classes.length,
    bytes,
    objects: classes,
    fingerprint: fingerprint("type-explosion", name),
    ...(location && { location }),
    ...(own ? { anchor: { kind: "class" as const, name: own.name } } : holder?.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, classes[0], 1)[0]?.steps ?? [],
  };
}
