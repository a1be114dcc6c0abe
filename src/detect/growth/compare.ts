import { type Aggregate, type Aggregates, AGGREGATES, type AggregateSort } from "./aggregate.js";
import { trendOf } from "./trend.js";

/** How one aggregate developed over snapshots. */
export interface GrowthRow {
  readonly key: string;
  readonly name: string;
  /** One number a snapshot, 0 where there was none. */
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
  /** Rise of the count from one snapshot to the next, by least squares. */
  readonly slope: number;
  /** Rise of the bytes from one snapshot to the next, by least squares. */
  readonly bytesSlope: number;
  /** How much of the count's change a straight line explains, 0 to 1. */
  readonly r2: number;
  readonly grows: boolean;
  /** The first snapshot has none of it. */
  readonly isNew: boolean;
  /** As it is in the last snapshot; undefined where it has gone. */
  readonly last: Aggregate | undefined;
}

/** Rows of each sort: what grows first, most bytes first. */
export type Growth = Readonly<Record<AggregateSort, readonly GrowthRow[]>>;

// Of these the bytes can grow by themselves: a text that gets longer.
const BY_BYTES: ReadonlySet<AggregateSort> = new Set(["types", "sites"]);

/** Compares the aggregates of snapshots of one process, the oldest first. */
export function compare(series: readonly Aggregates[]): Growth {
  const rows = Object.fromEntries(AGGREGATES.map((sort) => [sort, rowsOf(series, sort)]));
  return rows as unknown as Growth;
}

function rowsOf(series: readonly Aggregates[], sort: AggregateSort): GrowthRow[] {
  const maps = series.map((aggregates) => aggregates[sort]);
  const keys = new Set(maps.flatMap((map) => [...map.keys()]));
  const rows = [...keys].map((key) => row(key, maps, BY_BYTES.has(sort)));
  return rows.sort((a, b) => Number(b.grows) - Number(a.grows) || b.bytesSlope - a.bytesSlope || b.slope - a.slope);
}

function row(key: string, maps: readonly ReadonlyMap<string, Aggregate>[], byBytes: boolean): GrowthRow {
  const all = maps.map((map) => map.get(key));
  const counts = all.map((aggregate) => aggregate?.count ?? 0);
  const bytes = all.map((aggregate) => aggregate?.bytes ?? 0);
  const { slope, r2, grows } = trendOf(counts);
  const inBytes = trendOf(bytes);
  return {
    key,
    name: all.find((aggregate) => aggregate)!.name,
    counts,
    bytes,
    slope,
    bytesSlope: inBytes.slope,
    r2,
    grows: grows || (byBytes && inBytes.grows),
    isNew: counts[0] === 0,
    last: all.at(-1),
  };
}
