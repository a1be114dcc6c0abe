import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { WeakGroupDetails, WeakGroupRow, WeakrefRow } from "../../session/queries/weakrefs.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Facts, GraphButton, IdLink, ObjectCell, SourceButton } from "../elements.js";
import { formatBytes, formatCount, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { useSettled } from "../useSettled.js";
import { stateMeaning, stateOf } from "./cells.js";
import { Clearing } from "./Clearing.js";

const MAX_ROWS = 8;

const COLUMNS: readonly Column<WeakrefRow>[] = [
  {
    id: "id",
    title: "Weakref",
    value: ({ id }) => id,
    cell: ({ id }) => <IdLink id={id} passive />,
    width: "9.5em",
  },
  {
    id: "referent",
    title: "Referent",
    value: ({ referentName }) => referentName,
    cell: ({ referent, referentName, state }) =>
      referent === null ? (
        <span class="quiet">{state === "dead" ? "gone" : "not in the snapshot"}</span>
      ) : (
        <ObjectCell id={referent} name={referentName} />
      ),
    width: "minmax(6em, 1fr)",
  },
  {
    id: "referentId",
    title: "Referent’s id",
    value: ({ referent }) => referent ?? "",
    cell: ({ referent }) => referent !== null && <IdLink id={referent} passive />,
    width: "9.5em",
    hideBelow: 380,
  },
  {
    id: "garbage",
    title: "State",
    value: ({ garbage, state }) => (garbage ? "garbage" : state),
    width: "6.5em",
    hideBelow: 440,
    hint: "Whether the object that it refers to is alive",
  },
];

const keyOf = ({ id }: WeakrefRow) => id;

/** All about one group: what its weak references have in common, which they are, and what clearing one sets off. */
export function GroupPane({ group, title }: { readonly group: WeakGroupRow; readonly title: string }): JSX.Element {
  const settled = useSettled<number | null>(group.group, null);
  const facts: (readonly [string, ComponentChildren])[] = [
    ["State", stateText(group)],
    ["Held as", <span class="anywhere">{text(group.holder)}</span>],
    ["Callback", group.callback === null ? "none" : <span class="anywhere">{text(group.callback)}</span>],
    ["Size", formatBytes(group.bytes)],
  ];
  return (
    <section class="pane" aria-labelledby="weak-group">
      <h2 id="weak-group">{text(title)}</h2>
      <Facts facts={facts} />
      {group.location && (
        <div class="actions">
          <SourceButton location={group.location} />
        </div>
      )}
      {group.dead > 0 && (
        <p>
          Dead ones keep nothing, but take memory themselves. “Piles of dead ones” lists the containers that hold many.
        </p>
      )}
      {settled !== null && <Members group={settled} />}
    </section>
  );
}

function stateText(group: WeakGroupRow): string {
  const { garbage, count } = group;
  const state = stateMeaning(stateOf(group));
  if (garbage === 0) return state;
  return garbage === count ? "their objects are garbage" : `${state}; ${plural(garbage, "object")} of theirs garbage`;
}

function Members({ group }: { readonly group: number }): JSX.Element {
  const asked = useAnswer("weakrefGroup", { group });
  return (
    <Answered asked={asked} doing="Looking at the weak references">
      {(details) => <Table details={details} />}
    </Answered>
  );
}

function Table({ details }: { readonly details: WeakGroupDetails }): JSX.Element {
  const { rows, total } = details;
  const state = useMemo(() => tableState(), []);
  const key = state.active.value;
  const active = rows.find(({ id }) => id === key) ?? rows[0];
  useEffect(() => select(active.id), [active.id]);
  return (
    <>
      <VirtualTable
        label="Weak references of the group"
        columns={COLUMNS}
        rows={rows}
        rowKey={keyOf}
        state={state}
        maxRows={MAX_ROWS}
        onOpen={({ id, referent }) => showObject(referent ?? id)}
      />
      {rows.length < total && (
        <p class="quiet">
          The first {formatCount(rows.length)} of {formatCount(total)}.
        </p>
      )}
      <div class="actions">
        <GraphButton seed={{ kind: "object", id: active.referent ?? active.id }} primary />
        {active.referent !== null && (
          <GraphButton seed={{ kind: "path", id: active.referent }}>Why is the object alive?</GraphButton>
        )}
        <GraphButton seed={{ kind: "path", id: active.id }}>What holds the weak reference?</GraphButton>
      </div>
      {active.referent !== null && <Clearing id={active.referent} />}
    </>
  );
}
