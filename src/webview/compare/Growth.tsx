import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { AGGREGATES, type AggregateSort } from "../../detect/growth/aggregate.js";
import type { Comparison } from "../../session/queries/comparison.js";
import { bytesRiseText, fromToText, riseText, straightnessText } from "../chart/rise.js";
import { Sparkline } from "../chart/Sparkline.js";
import { PlaceLink } from "../elements.js";
import { formatCount, placeText, plural, text } from "../format.js";
import { showObject } from "../go.js";
import type { Column } from "../table/columns.js";
import { FilteredSplit, type TextFilter } from "../table/FilteredSplit.js";
import { GrowthPane } from "./GrowthPane.js";
import { chosen, type GrownRow, isByBytes, lackText, type Section, SECTIONS } from "./sections.js";

// One for all lists, kept while another view is shown.
const filter: TextFilter = { label: "Filter by name, holder or file", value: signal("") };

function columnsOf({ counted, bytes }: Section): readonly Column<GrownRow>[] {
  return [
    {
      id: "name",
      title: "Name",
      value: ({ name }) => name,
      cell: ({ name, isNew }) =>
        isNew ? (
          <>
            {text(name)} <span class="quiet">new</span>
          </>
        ) : (
          text(name)
        ),
      width: "minmax(8em, 2fr)",
    },
    {
      id: "counts",
      title: counted,
      value: ({ counts }) => counts[counts.length - 1],
      cell: ({ counts }) => fromToText(counts),
      width: "13em",
      numeric: true,
      hint: "In the first and in the last snapshot",
    },
    {
      id: "slope",
      title: "Each time",
      value: ({ slope }) => slope,
      cell: ({ slope }) => riseText(slope),
      width: "7em",
      numeric: true,
      hint: "How many more with each snapshot",
    },
    {
      id: "bytesSlope",
      title: "In bytes",
      value: ({ bytesSlope }) => bytesSlope,
      cell: ({ bytesSlope }) => bytesRiseText(bytesSlope),
      width: "6.8em",
      numeric: true,
      hideBelow: 480,
      hint: `${bytes}: how much more with each snapshot`,
    },
    {
      id: "r2",
      title: "r²",
      value: ({ r2 }) => r2,
      cell: (row) => (
        <>
          <Sparkline values={isByBytes(row) ? row.bytes : row.counts} /> {straightnessText(row.r2)}
        </>
      ),
      width: "8.5em",
      numeric: true,
      hideBelow: 620,
      hint: "How straight the rise is: 1.00 is a straight line",
    },
    {
      id: "source",
      title: "Source",
      value: ({ location }) => (location ? placeText(location) : ""),
      cell: ({ location }) => location && <PlaceLink location={location} />,
      width: "minmax(9.5em, 1fr)",
      hideBelow: 780,
    },
  ];
}

const COLUMNS = Object.fromEntries(AGGREGATES.map((sort) => [sort, columnsOf(SECTIONS[sort])]));

const keyOf = ({ key }: GrownRow) => key;
const textsOf = ({ name, heldBy, location }: GrownRow) => [name, heldBy ?? "", location ? placeText(location) : ""];

/** What grows: one list at a time, with all about the selected row beside it. */
export function Growth({ answer }: { readonly answer: Comparison }): JSX.Element {
  const { growing, newestIsOpen, snapshots } = answer;
  const sort = chosen.value ?? AGGREGATES.find((one) => growing[one] > 0) ?? AGGREGATES[0];
  const section = SECTIONS[sort];
  // Names need not differ: two shapes of cycles can have the same one.
  const rows = useMemo(() => answer[sort].map((row, i) => ({ ...row, key: `${i} ${row.name}` })), [answer, sort]);
  const total = plural(growing[sort], section.one, section.many);
  return (
    <FilteredSplit
      key={sort}
      label={`${section.title} that grow`}
      filter={filter}
      all={rows}
      texts={textsOf}
      total={rows.length < growing[sort] ? `the first ${formatCount(rows.length)} of ${total}` : total}
      none={`No ${section.one} grows steadily over these ${formatCount(snapshots.length)} snapshots. ${lackText(sort, answer)}`}
      columns={COLUMNS[sort]}
      rowKey={keyOf}
      state={section.table}
      onOpen={({ id }) => newestIsOpen && id !== null && showObject(id)}
      pane={(row) => <GrowthPane key={row.key} row={row} counted={section.counted} answer={answer} />}
    >
      <Choice sort={sort} growing={growing} />
    </FilteredSplit>
  );
}

function Choice({
  sort,
  growing,
}: {
  readonly sort: AggregateSort;
  readonly growing: Comparison["growing"];
}): JSX.Element {
  return (
    <div class="choice" role="group" aria-label="What grows">
      {AGGREGATES.map((one) => (
        <button key={one} type="button" class="button" aria-pressed={one === sort} onClick={() => (chosen.value = one)}>
          {SECTIONS[one].title} ({formatCount(growing[one])})
        </button>
      ))}
    </div>
  );
}
