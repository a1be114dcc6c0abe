import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { WeakGroupRow } from "../../session/queries/weakrefs.js";
import type { WeakrefLists } from "../../session/queries/weakrefSuspects.js";
import { PlaceLink } from "../elements.js";
import { formatBytes, formatCount, placeText, plural, text } from "../format.js";
import { showGraph } from "../go.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit } from "../table/FilteredSplit.js";
import { referentText, stateOf, weakFilter } from "./cells.js";
import { GroupPane } from "./GroupPane.js";

/** State of the table, kept while another view is shown. */
export const groupsTable = tableState();

const COLUMNS: readonly Column<WeakGroupRow>[] = [
  { id: "referent", title: "Refer to", value: referentText, width: "minmax(8em, 1.6fr)" },
  { id: "holder", title: "Held as", value: ({ holder }) => holder, width: "minmax(8em, 2fr)" },
  {
    id: "count",
    title: "Count",
    value: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
    width: "5.5em",
    numeric: true,
  },
  {
    id: "state",
    title: "State",
    value: stateOf,
    width: "6.5em",
    hint: "Alive: what they refer to exists. Dead: it is gone",
  },
  {
    id: "callback",
    title: "Callback",
    value: ({ callback }) => callback ?? "",
    width: "minmax(7em, 1.6fr)",
    hideBelow: 560,
    hint: "What is called when the object dies",
  },
  {
    id: "source",
    title: "Source",
    value: ({ location }) => (location ? placeText(location) : ""),
    cell: ({ location }) => location && <PlaceLink location={location} />,
    width: "minmax(9.5em, 1fr)",
    hideBelow: 900,
    hint: "Where the callback is defined",
  },
  {
    id: "bytes",
    title: "Bytes",
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: "6.5em",
    numeric: true,
    hideBelow: 1000,
    hint: "Bytes of the weak references themselves",
  },
];

const keyOf = ({ group }: WeakGroupRow) => String(group);
const textsOf = (group: WeakGroupRow) => [
  referentText(group),
  group.type,
  group.holder,
  group.callback ?? "",
  group.location ? placeText(group.location) : "",
];

/** Weak references that are alike, a group a row. */
export function Groups({
  lists: { groups, groupsTotal },
  own,
  children,
}: {
  readonly lists: WeakrefLists;
  /** Whether those of the interpreter itself are left out. */
  readonly own: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const all = useMemo(() => (own ? groups.filter(({ infrastructure }) => !infrastructure) : groups), [groups, own]);
  // Those of the interpreter come last: where any of them is in the list, it has all others.
  const complete = groups.length === groupsTotal || all.length < groups.length;
  const total = plural(complete ? all.length : groupsTotal, "group");
  return (
    <FilteredSplit
      label="Groups of weak references"
      filter={weakFilter}
      all={all}
      texts={textsOf}
      total={complete ? total : `the first ${formatCount(groups.length)} of ${total}`}
      none={groups.length === 0 ? "There are no weak references." : "The program has no weak references of its own."}
      columns={COLUMNS}
      rowKey={keyOf}
      state={groupsTable}
      onOpen={({ ids }) => ids.length > 0 && showGraph({ kind: "object", id: ids[0] })}
      pane={(group) => <GroupPane key={group.group} group={group} title={titleOf(group)} />}
    >
      {children}
    </FilteredSplit>
  );
}

function titleOf(group: WeakGroupRow): string {
  const { count, type } = group;
  if (stateOf(group) === "dead") return `${formatCount(count)} dead ${text(type)}`;
  return `${formatCount(count)} ${text(type)} to ${text(referentText(group))}`;
}
