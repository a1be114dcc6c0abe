import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ThreadRow, VariableRow } from "../../session/queries/threads.js";
import { GraphButton, ObjectCell } from "../elements.js";
import { formatBytes, text } from "../format.js";
import { showObject } from "../go.js";
import { select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { keptText, threadName, UNKNOWN } from "./words.js";

const MAX_ROWS = 10;

const COLUMNS: readonly Column<VariableRow>[] = [
  {
    id: "name",
    title: "Variable",
    value: ({ name }) => name,
    cell: ({ name }) => <span class="mono">{text(name)}</span>,
    width: "minmax(5em, 1fr)",
  },
  {
    id: "function",
    title: "Function",
    value: (variable) => variable.function ?? UNKNOWN,
    width: "minmax(6em, 1.2fr)",
    hideBelow: 440,
  },
  {
    id: "object",
    title: "Object",
    value: ({ objectName }) => objectName,
    cell: ({ id, objectName }) => <ObjectCell id={id} name={objectName} />,
    width: "minmax(6em, 1.4fr)",
  },
  {
    id: "retained",
    title: "Keeps",
    value: ({ retained }) => retained,
    cell: ({ retained }) => formatBytes(retained),
    width: "6.5em",
    numeric: true,
    hint: "What would be freed with the object",
  },
  {
    id: "kept",
    title: "Kept",
    value: keptText,
    width: "8.8em",
    hideBelow: 360,
    hint: "Whether nothing but this stack keeps the object",
  },
];

const keyOf = ({ id }: VariableRow) => id;

/** The largest objects that the variables of a thread's functions hold. */
export function Variables({ thread }: { readonly thread: ThreadRow }): JSX.Element {
  const { locals } = thread;
  const state = useMemo(() => tableState(null, locals[0]?.id), []);
  const key = state.active.value;
  const active = locals.find((variable) => keyOf(variable) === key) ?? locals[0];
  return (
    <>
      <h3>Largest variables</h3>
      {locals.length === 0 ? (
        <p class="quiet">None is known.</p>
      ) : (
        <>
          <VirtualTable
            label={`Variables of ${text(threadName(thread), 80)}`}
            columns={COLUMNS}
            rows={locals}
            rowKey={keyOf}
            state={state}
            maxRows={MAX_ROWS}
            onSelect={({ id }) => select(id)}
            onOpen={({ id }) => showObject(id)}
          />
          <div class="actions">
            <GraphButton seed={{ kind: "path", id: active.id }}>
              <span class="cut">Why is {text(active.name, 80)} alive?</span>
            </GraphButton>
          </div>
        </>
      )}
    </>
  );
}
