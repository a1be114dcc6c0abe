import type { JSX } from "preact";
import type { SizeClassRow } from "../../session/queries/arenaRows.js";
import { formatBytes, formatCount } from "../format.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { sizeBand } from "./bands.js";
import { SizeSample } from "./Legend.js";
import { shareText } from "./words.js";

// Kept while another view is shown.
const table = tableState();

const freeShare = ({ blocks, free }: SizeClassRow) => (blocks + free > 0 ? free / (blocks + free) : 0);

const COLUMNS: readonly Column<SizeClassRow>[] = [
  {
    id: "size",
    title: "Block",
    value: ({ size }) => size,
    cell: ({ size }) => (
      <>
        <SizeSample band={sizeBand(size)} /> {size} bytes
      </>
    ),
    width: "8.5em",
    numeric: true,
    hint: "Bytes of a block, with the colour of its pools",
  },
  {
    id: "pools",
    title: "Pools",
    value: ({ pools }) => pools,
    cell: ({ pools }) => formatCount(pools),
    width: "minmax(5em, 7em)",
    numeric: true,
    hint: "Pools in use for blocks of this size",
  },
  {
    id: "blocks",
    title: "In use",
    value: ({ blocks }) => blocks,
    cell: ({ blocks }) => formatCount(blocks),
    width: "minmax(6em, 8em)",
    numeric: true,
    hint: "Blocks in use",
  },
  {
    id: "bytes",
    title: "Bytes in use",
    value: ({ blocks, size }) => blocks * size,
    cell: ({ blocks, size }) => formatBytes(blocks * size),
    width: "minmax(8.8em, 9em)",
    numeric: true,
    hideBelow: 480,
    hint: "Bytes of the blocks in use",
  },
  {
    id: "free",
    title: "Free",
    value: ({ free }) => free,
    cell: ({ free }) => formatCount(free),
    width: "minmax(6em, 8em)",
    numeric: true,
    hint: "Free blocks in these pools: only objects of this size can have them",
  },
  {
    id: "share",
    title: "Free share",
    value: freeShare,
    cell: (row) => shareText(freeShare(row)),
    width: "minmax(7em, 8em)",
    numeric: true,
    hint: "Share of the blocks in these pools that are free",
  },
];

const keyOf = ({ size }: SizeClassRow) => String(size);

/** The pools by the size of their blocks. */
export function Sizes({ classes }: { readonly classes: readonly SizeClassRow[] }): JSX.Element {
  return (
    <>
      <p class="quiet">
        A pool has blocks of one size. Its free blocks wait for objects of that size, and no other can have them until
        the whole pool is free.
      </p>
      <div class="size-table">
        <VirtualTable label="Size classes" columns={COLUMNS} rows={classes} rowKey={keyOf} state={table} />
      </div>
    </>
  );
}
