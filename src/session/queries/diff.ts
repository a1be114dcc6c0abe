import { type NodeIndex, type SourceLocation, typeInfoName } from "../../heap/HeapGraph.js";
import { AGGREGATES, type AggregateSort } from "../../detect/growth/aggregate.js";
import type { GrowthRow } from "../../detect/growth/compare.js";
import { holdersOf } from "../../detect/holders.js";
import { aliveOfType } from "../../detect/together.js";
import { cycleSource, sourceOf } from "../../model/source.js";
import type { Series } from "../Series.js";
import { SourceFiles } from "../SourceFiles.js";
import { type Info, info } from "./info.js";

const ROWS = 100;
const LOOKED_AT = 2000;

/** How one thing developed. */
export interface DiffRow extends Omit<GrowthRow, "key" | "last"> {
  /** One of the objects in the last snapshot. */
  readonly id: string | null;
  /** Of a growing type: where most of its instances stand. */
  readonly heldBy?: string;
  /** Of a type in V8's heaps, over three snapshots or more: instances that appeared after the first one and stayed. */
  readonly stayed?: number;
  readonly location?: SourceLocation;
}

/** A comparison of snapshots. In each list what grows comes first, most bytes first. */
export type Diff = {
  /** The oldest first. */
  readonly snapshots: readonly (Info & { readonly file: string })[];
  readonly notes: readonly string[];
} & Readonly<Record<AggregateSort, readonly DiffRow[]>>;

/**
 * What grows over a series of snapshots: containers by path, types, families of cycles, allocation sites, references
 * that nothing explains. `all` also lists what does not grow, and more than 100 rows of a list.
 */
export function diff(series: Series, options: { readonly all?: boolean } = {}): Diff {
  const { last, earlier, notes } = series;
  const sources = new SourceFiles(last.graph);
  const lists = Object.fromEntries(
    AGGREGATES.map((sort) => {
      const rows = series.growth[sort];
      const shown = options.all === true ? rows : rows.filter(({ grows }) => grows).slice(0, ROWS);
      return [sort, shown.map((row) => diffRow(series, sort, row, sources))];
    }),
  );
  return {
    snapshots: [...earlier, { file: last.path, info: info(last) }].map((one) => ({ file: one.file, ...one.info })),
    notes,
    ...(lists as unknown as Record<AggregateSort, readonly DiffRow[]>),
  };
}

function diffRow(series: Series, sort: AggregateSort, row: GrowthRow, sources: SourceFiles): DiffRow {
  const { key: _, last, ...development } = row;
  const { graph } = series.last;
  const { grows } = row;
  const location = last && grows ? locationOf(series, sort, row, last.example, sources) : undefined;
  const heldBy = last && grows && sort === "types" ? heldByOf(series, row.name) : undefined;
  const stayed = last && grows && sort === "types" ? stayedOf(series, row.name) : undefined;
  return {
    ...development,
    ...(stayed !== undefined && { stayed }),
    id: last ? graph.idText(last.example) : null,
    ...(heldBy !== undefined && { heldBy }),
    ...(location && { location }),
  };
}

function locationOf(
  { last }: Series,
  sort: AggregateSort,
  row: GrowthRow,
  example: NodeIndex,
  sources: SourceFiles,
): SourceLocation | undefined {
  const { graph, analysis, places } = last;
  const refined = (location: SourceLocation | undefined) => location && sources.refine(location);
  if (sort === "sites") {
    const [, file, line] = /^(.*):(\d+)$/.exec(row.name) ?? [];
    return file === undefined ? undefined : { file, line: Number(line), name: "" };
  }
  if (sort === "families") {
    const family = analysis.families[row.last!.index!];
    const { location, anchor } = cycleSource(graph, family.cycles[0].members);
    return location && sources.refine(location, anchor);
  }
  if (sort !== "containers") return refined(sourceOf(graph, example));
  const holder = holdersOf(analysis).of(example);
  if (holder?.location) return sources.refine(holder.location, holder.anchor);
  return refined(graph.location(places.owner(places.of(example))));
}

function stayedOf({ stayed, last }: Series, name: string): number | undefined {
  if (!stayed) return undefined;
  let count = 0;
  for (const node of aliveOfType(last.analysis, (type) => typeInfoName(type) === name)) if (stayed(node)) count++;
  return count;
}

/** Where most of a type's instances stand. */
function heldByOf({ last }: Series, name: string): string | undefined {
  const { analysis, places } = last;
  const counts = new Map<number, number>();
  let seen = 0;
  for (const node of aliveOfType(analysis, (type) => typeInfoName(type) === name)) {
    if (++seen === LOOKED_AT) break;
    const place = places.of(node);
    if (place >= 0) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most && most[1] * 2 > seen ? places.name(most[0]) : undefined;
}
