import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { FrameRow, ThreadRow } from "../../session/queries/threads.js";
import { ObjectCell, PlaceLink, SourceButton } from "../elements.js";
import { formatBytes, formatCount, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { frameText, threadName, UNKNOWN } from "./words.js";

const MAX_ROWS = 10;

const COLUMNS: readonly Column<FrameRow>[] = [
  {
    id: "function",
    title: "Function",
    value: (frame) => frame.function ?? UNKNOWN,
    cell: (frame) => <ObjectCell id={frame.node} name={frame.function ?? UNKNOWN} />,
    width: "minmax(7em, 1.4fr)",
  },
  {
    id: "place",
    title: "At",
    value: frameText,
    cell: ({ location }) => (location ? <PlaceLink location={location} /> : UNKNOWN),
    width: "minmax(12em, 1fr)",
  },
  {
    id: "locals",
    title: "Variables",
    // What is unknown stands apart from none when sorted.
    value: ({ locals }) => locals ?? -1,
    cell: ({ locals }) => (locals === null ? UNKNOWN : formatCount(locals)),
    width: "6.5em",
    numeric: true,
    hideBelow: 420,
    hint: "How many local variables have a value",
  },
  {
    id: "retained",
    title: "Keeps",
    value: ({ retained }) => retained,
    cell: ({ retained }) => formatBytes(retained),
    width: "6.5em",
    numeric: true,
    hint: "What would be freed if the function let go of all that it holds",
  },
];

const keyOf = ({ node }: FrameRow) => node;

/** The functions that a thread is in. */
export function Stack({ thread }: { readonly thread: ThreadRow }): JSX.Element {
  const { frames, framesTotal } = thread;
  const state = useMemo(() => tableState(null, frames[0]?.node), []);
  const key = state.active.value;
  const active = frames.find((frame) => keyOf(frame) === key) ?? frames[0];
  return (
    <>
      <h3>Stack, innermost first</h3>
      {frames.length === 0 ? (
        <p class="quiet">It ran no code of Python.</p>
      ) : (
        <VirtualTable
          label={`Stack of ${text(threadName(thread), 80)}`}
          columns={COLUMNS}
          rows={frames}
          rowKey={keyOf}
          state={state}
          maxRows={MAX_ROWS}
          onSelect={({ node }) => select(node)}
          onOpen={({ node }) => showObject(node)}
        />
      )}
      {frames.length < framesTotal && (
        <p class="quiet">
          The innermost {formatCount(frames.length)} of {plural(framesTotal, "function")}.
        </p>
      )}
      {active?.location && (
        <div class="actions">
          <SourceButton location={active.location} />
        </div>
      )}
    </>
  );
}
