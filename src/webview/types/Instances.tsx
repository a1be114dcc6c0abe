import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { RetainedRow } from "../../session/queries/retained.js";
import type { TypeRow } from "../../session/queries/types.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { IdLink } from "../elements.js";
import { formatBytes, formatCount, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { useSettled } from "../useSettled.js";

const TOP = 100;

const COLUMNS: readonly Column<RetainedRow>[] = [
  {
    id: "name",
    title: "Name",
    value: ({ name }) => name,
    cell: ({ id, name }) => (
      <button type="button" class="link cut" tabIndex={-1} title="Show this object" onClick={() => showObject(id)}>
        {text(name)}
      </button>
    ),
    width: "minmax(7em, 1fr)",
  },
  { id: "id", title: "Id", value: ({ id }) => id, cell: ({ id }) => <IdLink id={id} passive />, width: "9.5em" },
  {
    id: "self",
    title: "Self",
    value: ({ self }) => self,
    cell: ({ self }) => formatBytes(self),
    width: "7.8em",
    numeric: true,
    hideBelow: 420,
    hint: "The object's own size",
  },
  {
    id: "retained",
    title: "Retained",
    value: ({ retained }) => retained,
    cell: ({ retained }) => formatBytes(retained),
    width: "7.8em",
    numeric: true,
    hint: "What would be freed with the object",
  },
  {
    id: "held",
    title: "Held as",
    value: ({ held }) => held,
    width: "minmax(7em, 1.4fr)",
    hideBelow: 500,
    hint: "How the nearest object with a name for it refers to it",
  },
];

const keyOf = ({ id }: RetainedRow) => id;

/** The objects of a type that retain most. */
export function Instances({ type }: { readonly type: TypeRow }): JSX.Element | null {
  const settled = useSettled<string | null>(type.type, null);
  return settled === null ? null : <Largest type={settled} count={type.count} />;
}

function Largest({ type, count }: { readonly type: string; readonly count: number }): JSX.Element {
  const asked = useAnswer("instances", { type, top: TOP });
  const state = useMemo(() => tableState({ column: "retained", descending: true }), []);
  return (
    <Answered asked={asked} doing="Looking for the largest objects">
      {({ rows }) => (
        <>
          <p class="quiet">
            {rows.length < count
              ? `The ${formatCount(rows.length)} of ${plural(count, "object")} that retain most`
              : plural(count, "object")}
          </p>
          <VirtualTable
            label={`Largest objects of the type ${text(type)}`}
            columns={COLUMNS}
            rows={rows}
            rowKey={keyOf}
            state={state}
            onSelect={({ id }) => select(id)}
            onOpen={({ id }) => showObject(id)}
          />
        </>
      )}
    </Answered>
  );
}
