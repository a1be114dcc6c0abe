import { AGGREGATES, type AggregateSort } from "../../detect/growth/aggregate.js";
import type { Series } from "../Series.js";
import type { Session } from "../Session.js";
import { diff, type Diff } from "./diff.js";

/** A comparison as a view of one of the snapshots shows it. */
export type Comparison = Diff & {
  /** The newest snapshot is the open one: ids of the rows are those of its objects. */
  readonly newestIsOpen: boolean;
  /** How much of each sort grows; the lists may hold fewer. */
  readonly growing: Readonly<Record<AggregateSort, number>>;
};

/** What grows over a series of snapshots, and whether the open one is its newest. */
export function comparison(series: Series, open: Session): Comparison {
  const growing = AGGREGATES.map((sort) => [sort, series.growth[sort].filter(({ grows }) => grows).length]);
  return {
    ...diff(series),
    newestIsOpen: series.last === open,
    growing: Object.fromEntries(growing) as Record<AggregateSort, number>,
  };
}
