import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { ThreadRow } from "../../session/queries/threads.js";
import { PlaceLink } from "../elements.js";
import { formatBytes, plural } from "../format.js";
import { showObject } from "../go.js";
import { phase } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit, type TextFilter } from "../table/FilteredSplit.js";
import { ThreadPane } from "./ThreadPane.js";
import { frameText, ownFrame, threadName, UNKNOWN } from "./words.js";

// Kept while another view is shown.
const table = tableState();
const filter: TextFilter = { label: "Filter by thread, function or file", value: signal("") };

const COLUMNS: readonly Column<ThreadRow>[] = [
  { id: "thread", title: "Thread", value: threadName, width: "minmax(7em, 1.4fr)" },
  {
    id: "function",
    title: "Is in",
    value: ({ frames: [top] }) => (top ? (top.function ?? UNKNOWN) : ""),
    width: "minmax(6em, 1fr)",
    hint: "The innermost function of its stack",
  },
  {
    id: "place",
    title: "At",
    value: ({ frames: [top] }) => (top ? frameText(top) : ""),
    cell: ({ frames: [top] }) => top && (top.location ? <PlaceLink location={top.location} /> : UNKNOWN),
    width: "minmax(12em, 1fr)",
    hideBelow: 420,
  },
  {
    id: "own",
    title: "Own code",
    value: (thread) => ownFrame(thread)?.function ?? "",
    width: "minmax(6em, 1fr)",
    hideBelow: 540,
    hint: "The innermost function that is no library's",
  },
  {
    id: "retained",
    title: "Keeps",
    value: ({ retained }) => retained,
    cell: ({ retained }) => formatBytes(retained),
    width: "6.5em",
    numeric: true,
    hint: "Bytes that nothing but its stack keeps",
  },
];

const keyOf = ({ node }: ThreadRow) => node;
const textsOf = (thread: ThreadRow) => [
  threadName(thread),
  String(thread.id ?? ""),
  ...thread.frames.flatMap((frame) => [frame.function ?? "", frame.location ? frameText(frame) : ""]),
];

/** All threads, with the stack of the selected one. */
export function ThreadList({ threads }: { readonly threads: readonly ThreadRow[] | null }): JSX.Element {
  const rows = threads ?? [];
  return (
    <FilteredSplit
      label="Threads"
      filter={filter}
      all={rows}
      texts={textsOf}
      total={threads === null ? UNKNOWN : plural(rows.length, "thread")}
      none={threads === null ? "The snapshot does not tell of threads." : "No thread was in the program’s code."}
      columns={COLUMNS}
      rowKey={keyOf}
      state={table}
      onOpen={({ node }) => showObject(node)}
      pane={(thread) => <ThreadPane key={thread.node} thread={thread} />}
    />
  );
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
