import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { addressText } from "../../heap/names.js";
import type { ArenaDetails, PoolDetails } from "../../session/queries/arenaRows.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { ObjectCell } from "../elements.js";
import { formatCount, plural } from "../format.js";
import { showObject } from "../go.js";
import { select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { useSettled } from "../useSettled.js";
import { sizeBand } from "./bands.js";
import { CellMap, cellMapState } from "./CellMap.js";
import { Bar, SizeLegend } from "./Legend.js";
import { sentence } from "./words.js";

const CELL = { width: 28, height: 28 };
const COLUMNS = 16;
const MAX_ROWS = 8;

interface Pool {
  readonly address: string;
  readonly size: number;
  readonly used: number;
  readonly room: number;
  readonly isTouched: boolean;
}

function poolsOf({ firstPool, sizes, used, room, untouched }: ArenaDetails, poolBytes: number): readonly Pool[] {
  const first = Number(firstPool);
  return sizes.map((size, i) => ({
    address: addressText(first + i * poolBytes),
    size,
    used: used[i],
    room: room[i],
    isTouched: i < sizes.length - untouched,
  }));
}

const keyOf = ({ address }: Pool) => address;

function poolText({ address, size, used, room, isTouched }: Pool): string {
  if (size === 0) return `pool ${address}: ${isTouched ? "in no use" : "never used"}`;
  return `pool ${address}: blocks of ${size} bytes, ${formatCount(used)} of ${formatCount(room)} in use`;
}

function lookOf({ size, used, room, isTouched }: Pool) {
  if (size === 0) return { class: isTouched ? "pool-free" : "pool-free pool-untouched" };
  return { class: `size-${sizeBand(size)}`, children: <Bar class="gauge" fill={room > 0 ? used / room : 0} /> };
}

const copyOf = ({ address, size, used, room }: Pool) => [address, size, used, room].join("\t");

/** The pools of an arena as cells, by size class, and what is in the chosen one. */
export function Pools({
  details,
  poolBytes,
}: {
  readonly details: ArenaDetails;
  readonly poolBytes: number;
}): JSX.Element {
  const pools = useMemo(() => poolsOf(details, poolBytes), [details, poolBytes]);
  const state = useMemo(cellMapState, []);
  const bands = useMemo(() => new Set(pools.filter(({ size }) => size > 0).map(({ size }) => sizeBand(size))), [pools]);
  const active = pools.find((pool) => keyOf(pool) === state.active.value);
  return (
    <>
      <SizeLegend bands={bands} untouched={details.untouched > 0} />
      <CellMap
        label="Pools of the arena"
        items={pools}
        keyOf={keyOf}
        textOf={poolText}
        look={lookOf}
        copyOf={copyOf}
        size={CELL}
        maxColumns={COLUMNS}
        state={state}
      />
      {active ? <Chosen pool={active} /> : <p class="quiet">Choose a pool to see what is in its blocks.</p>}
    </>
  );
}

function Chosen({ pool }: { readonly pool: Pool }): JSX.Element {
  const settled = useSettled<Pool | null>(pool, null);
  return (
    <>
      <p role="status">{sentence(poolText(pool))}</p>
      {settled !== null && settled.used > 0 && <Blocks key={settled.address} address={settled.address} />}
    </>
  );
}

function Blocks({ address }: { readonly address: string }): JSX.Element {
  const asked = useAnswer("pool", { address });
  return (
    <Answered asked={asked} doing="Looking into the pool">
      {(pool) => <BlockTable pool={pool} />}
    </Answered>
  );
}

type Block = PoolDetails["blocks"][number];

const BLOCK_COLUMNS: readonly Column<Block>[] = [
  {
    id: "at",
    title: "Block",
    value: ({ at }) => at,
    cell: ({ at }) => formatCount(at + 1),
    width: "4.6em",
    numeric: true,
    hint: "Position in the pool",
  },
  {
    id: "name",
    title: "Object",
    value: ({ name }) => name,
    cell: ({ id, name }) => <ObjectCell id={id} name={name} />,
    width: "minmax(7em, 1.4fr)",
  },
  { id: "type", title: "Type", value: ({ type }) => type, width: "minmax(5em, 1fr)" },
  {
    id: "what",
    title: "Holds",
    value: ({ table }) => (table ? "its table" : "the object"),
    width: "6.4em",
    hideBelow: 380,
    hint: "The object itself, or a table of its items or keys",
  },
];

const blockKey = ({ at }: Block) => String(at);

function BlockTable({ pool }: { readonly pool: PoolDetails }): JSX.Element {
  const { blocks, unexplained } = pool;
  const state = useMemo(() => tableState(), [pool]);
  return (
    <>
      {blocks.length > 0 && (
        <VirtualTable
          label="Blocks of the pool"
          columns={BLOCK_COLUMNS}
          rows={blocks}
          rowKey={blockKey}
          state={state}
          maxRows={MAX_ROWS}
          onSelect={({ id }) => select(id)}
          onOpen={({ id }) => showObject(id)}
        />
      )}
      {unexplained > 0 && (
        <p class="quiet">
          {plural(unexplained, "block")} in use {unexplained === 1 ? "is" : "are"} of nothing that the snapshot has.
        </p>
      )}
    </>
  );
}
