import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Comparison } from "../../session/queries/comparison.js";
import { LineChart } from "../chart/LineChart.js";
import { formatBytes, formatCount, momentText, text } from "../format.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";

const MAX_ROWS = 5;

type Snapshot = Comparison["snapshots"][number] & { readonly position: number };

const COLUMNS: readonly Column<Snapshot>[] = [
  {
    id: "position",
    title: "No.",
    value: ({ position }) => position,
    width: "4em",
    numeric: true,
    hideBelow: 380,
    hint: "In order of capture",
  },
  {
    id: "captured",
    title: "Captured",
    value: ({ capturedAt }) => capturedAt ?? "",
    cell: ({ capturedAt }) => momentText(capturedAt),
    width: "12.8em",
  },
  {
    id: "objects",
    title: "Objects",
    value: ({ nodes }) => nodes,
    cell: ({ nodes }) => formatCount(nodes),
    width: "7em",
    numeric: true,
    hideBelow: 520,
  },
  {
    id: "bytes",
    title: "Bytes",
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: "6.5em",
    numeric: true,
  },
  {
    id: "file",
    title: "File",
    value: ({ file }) => file,
    cell: ({ file }) => <File path={file} />,
    width: "minmax(4em, 1fr)",
  },
];

const keyOf = ({ position }: Snapshot) => String(position);

/** The snapshots of a comparison, and how large the heap is in each. */
export function Snapshots({ snapshots }: { readonly snapshots: Comparison["snapshots"] }): JSX.Element {
  const state = useMemo(() => tableState(), [snapshots]);
  const rows = useMemo(() => snapshots.map((one, i) => ({ ...one, position: i + 1 })), [snapshots]);
  const bytes = snapshots.map((one) => one.bytes);
  return (
    <div class="snapshots">
      <VirtualTable label="Snapshots" columns={COLUMNS} rows={rows} rowKey={keyOf} state={state} maxRows={MAX_ROWS} />
      <LineChart values={bytes} what="Bytes of the heap" format={formatBytes} />
    </div>
  );
}

/** The name before the folder, which many of them share. */
function File({ path }: { readonly path: string }): JSX.Element {
  const [, folder, name] = /^(.*?)[\\/]?([^\\/]*)$/s.exec(path)!;
  return (
    <>
      {text(name)} {folder !== "" && <span class="quiet">{text(folder)}</span>}
    </>
  );
}
