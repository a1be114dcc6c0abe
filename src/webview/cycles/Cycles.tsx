import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { FamilyList, FamilySummary } from "../../session/queries/families.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Choice } from "../Choice.js";
import { PlaceLink } from "../elements.js";
import { Filter, matcher } from "../Filter.js";
import { formatBytes, formatCount, placeText, plural, text } from "../format.js";
import { showGraph } from "../go.js";
import { phase } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { traits } from "../traits.js";
import { FamilyPane } from "./FamilyPane.js";

type State = "all" | "garbage" | "alive";

// Kept while another view is shown.
const table = tableState();
const filter = signal("");
const wantedState = signal<State>("all");

const STATES: readonly (readonly [State, string])[] = [
  ["all", "All"],
  ["garbage", "Garbage"],
  ["alive", "Alive"],
];

const COLUMNS: readonly Column<FamilySummary>[] = [
  {
    id: "name",
    title: "Cycle of",
    value: (family) => family.name,
    cell: (family) => (
      <button type="button" class="link cut" tabIndex={-1} title="Show the graph" onClick={() => show(family)}>
        {text(family.name)}
      </button>
    ),
    width: "minmax(8em, 3fr)",
  },
  { id: "state", title: "State", value: stateOf, width: "5.5em" },
  {
    id: "count",
    title: "Cycles",
    value: (family) => family.count,
    cell: (family) => formatCount(family.count),
    width: "5.5em",
    numeric: true,
  },
  {
    id: "objects",
    title: "Objects",
    value: (family) => family.objects,
    cell: (family) => formatCount(family.objects),
    width: "5.5em",
    numeric: true,
    hideBelow: 700,
    hint: "Objects in one cycle",
  },
  {
    id: "bytes",
    title: "Bytes",
    value: (family) => family.bytes,
    cell: (family) => formatBytes(family.bytes),
    width: "6.5em",
    numeric: true,
    hint: "Bytes of all objects in these cycles",
  },
  {
    id: "pinned",
    title: "Pinned",
    value: (family) => family.pinned,
    cell: (family) => formatBytes(family.pinned),
    width: "6.5em",
    numeric: true,
    hideBelow: 600,
    hint: "Bytes that only these cycles keep, beside their own",
  },
  {
    id: "source",
    title: "Source",
    value: (family) => (family.location ? placeText(family.location) : ""),
    cell: (family) => family.location && <PlaceLink location={family.location} />,
    width: "minmax(9.5em, 1.6fr)",
    hideBelow: 500,
  },
];

const WITHOUT_STATE = COLUMNS.filter(({ id }) => id !== "state");

function stateOf(family: FamilySummary): string {
  return family.garbage ? "garbage" : "alive";
}

function show({ family }: FamilySummary): void {
  showGraph({ kind: "family", family, cycle: 0 });
}

const keyOf = (family: FamilySummary) => String(family.family);

/** Reference cycles of one shape a row, with all about the selected ones. */
export function Cycles(): JSX.Element {
  const asked = useAnswer("families", {});
  return (
    <div class="split-view">
      <h1 tabIndex={-1}>Reference cycles</h1>
      <Answered asked={asked} doing="Looking for cycles">
        {(list) => (list.families.length === 0 ? <NoCycles list={list} /> : <Families list={list} />)}
      </Answered>
    </div>
  );
}

function NoCycles({ list }: { readonly list: FamilyList }): JSX.Element {
  return (
    <p class="empty-state">
      There are no reference cycles outside the {traits.value.counts ? "interpreter" : "engine"}'s own.{" "}
      {infrastructureText(list)}
    </p>
  );
}

function infrastructureText({ infrastructure }: FamilyList): string {
  const { sccs, largest } = infrastructure;
  if (sccs === 0) return "";
  return `Left out: ${plural(sccs, "group")} of modules, classes and functions that refer to each other, the largest of ${plural(largest, "object")}.`;
}

function Families({ list }: { readonly list: FamilyList }): JSX.Element {
  const wanted = filter.value;
  const state = wantedState.value;
  const { garbage } = traits.value;
  const rows = useMemo(() => {
    const fits = matcher(wanted);
    return list.families.filter(
      (family) =>
        (state === "all" || !garbage || stateOf(family) === state) &&
        (fits(family.name) || (family.location !== undefined && fits(placeText(family.location)))),
    );
  }, [list, wanted, state, garbage]);
  const active = rows.find((family) => keyOf(family) === table.active.value);
  useEffect(() => {
    if (!active && rows.length > 0) table.active.value = keyOf(rows[0]);
  }, [active, rows]);
  return (
    <>
      <Filter label="Filter by name or file" value={filter} shown={shownText(rows.length, list)}>
        {garbage && <Choice label="State" value={wantedState} choices={STATES} />}
      </Filter>
      <div class="split">
        {rows.length === 0 ? (
          <p class="empty-state">No cycle fits the filter.</p>
        ) : (
          <VirtualTable
            label="Families of reference cycles"
            columns={garbage ? COLUMNS : WITHOUT_STATE}
            rows={rows}
            rowKey={keyOf}
            state={table}
            onOpen={show}
          />
        )}
        {active && <FamilyPane key={active.family} summary={active} />}
      </div>
      <p class="quiet footnote">{infrastructureText(list)}</p>
    </>
  );
}

function shownText(shown: number, { families, total }: FamilyList): string {
  const all = plural(total, "family", "families");
  const first = families.length < total ? `${formatCount(families.length)} largest of ${all}` : all;
  return shown < families.length ? `${formatCount(shown)} of ${first}` : first;
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
