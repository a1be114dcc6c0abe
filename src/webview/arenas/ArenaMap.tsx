import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ArenaRow, ArenasResult } from "../../session/queries/arenaRows.js";
import { Choice } from "../Choice.js";
import { momentText, text } from "../format.js";
import { navigate } from "../host.js";
import { ArenaPane } from "./ArenaPane.js";
import { fillBand } from "./bands.js";
import { CellMap, type CellSize } from "./CellMap.js";
import { changesText, comparable, emptiestFirst, type Place, placesOf, placeText } from "./changes.js";
import { Bar, ChangeLegend, FillLegend } from "./Legend.js";
import { map } from "./list.js";

type Order = "address" | "fill";

// Kept while another view is shown.
const order = signal<Order>("address");
/** File of the earlier snapshot that the map is compared with; the empty string: with none. Undefined: not chosen yet. */
const chosen = signal<string | undefined>(undefined);

const ORDERS: readonly (readonly [Order, string])[] = [
  ["address", "By address"],
  ["fill", "Emptiest first"],
];

/** The more cells, the smaller, so that a map of thousands can be seen as one. */
const SIZES: readonly (readonly [cells: number, side: number])[] = [
  [400, 30],
  [4000, 22],
  [Infinity, 18],
];

function sizeFor(cells: number, isCompared: boolean): CellSize {
  const side = SIZES.find(([most]) => cells <= most)![1];
  return { width: isCompared ? Math.round(side * 1.6) : side, height: side };
}

const keyOf = ({ address }: Place) => address;
const copyOf = ({ address, now, then, change }: Place) =>
  [address, ...[now, then].flatMap((row) => (row ? [row.bytesInUse, row.blocks, row.objects] : [])), change ?? ""]
    .join("\t")
    .trimEnd();

/** All arenas as cells, coloured by how full they are, beside all about the chosen one. */
export function ArenaMap({ answer }: { readonly answer: ArenasResult }): JSX.Element {
  const earlier = comparable(answer);
  // The chosen one may be compared with no longer.
  const then = chosen.value === "" ? undefined : (earlier.find(({ file }) => file === chosen.value) ?? earlier.at(-1));
  const byAddress = useMemo(() => placesOf(answer, then), [answer, then]);
  const places = useMemo(
    () => (order.value === "fill" ? emptiestFirst(byAddress) : byAddress),
    [byAddress, order.value],
  );
  const active = byAddress.find(({ address }) => address === map.active.value);
  useEffect(() => {
    if (active) return;
    const nearly = byAddress.find(({ now }) => now?.nearlyEmpty) ?? byAddress[0];
    map.active.value = answer.suggestion.steps.at(0)?.arenas.at(0) ?? nearly.address;
  }, [active, byAddress, answer]);
  const ordered = useRef(order.value);
  useEffect(() => {
    if (ordered.current === order.value) return;
    ordered.current = order.value;
    // Who asks for the emptiest wants to see those, not where the chosen one has got to.
    const emptiest = places.find(({ now }) => now && now.blocks > 0);
    if (order.value === "fill" && emptiest) map.active.value = emptiest.address;
  }, [places]);
  return (
    <>
      <div class="arena-controls">
        <Choice label="Order" value={order} choices={ORDERS} />
        <Comparison answer={answer} file={then?.file ?? ""} />
      </div>
      {then && <p>{changesText(byAddress, then)}</p>}
      <div class="split">
        <div class="arena-map">
          <FillLegend nearlyEmptyLimit={answer.nearlyEmptyLimit} />
          {then && <ChangeLegend />}
          <CellMap
            label={then ? "Arenas, compared" : "Arenas"}
            items={places}
            keyOf={keyOf}
            textOf={placeText}
            look={then ? lookOfTwo : lookOfOne}
            copyOf={copyOf}
            size={sizeFor(places.length, then !== undefined)}
            state={map}
          />
        </div>
        {active && <ArenaPane key={active.address} place={active} answer={answer} />}
      </div>
    </>
  );
}

function lookOfOne({ now }: Place) {
  return { class: `fill-${fillBand(now!)}`, children: <Bar fill={now!.fill} /> };
}

function lookOfTwo({ now, then, change }: Place) {
  return {
    class: "cell-pair",
    children: (
      <>
        <Half row={then} />
        <span class={`change change-${change}`} />
        <Half row={now} />
      </>
    ),
  };
}

function Half({ row }: { readonly row: ArenaRow | undefined }): JSX.Element {
  return <span class={row ? `half fill-${fillBand(row)}` : "half"}>{row && <Bar fill={row.fill} />}</span>;
}

/** Which earlier snapshot the map is compared with. */
function Comparison({ answer, file }: { readonly answer: ArenasResult; readonly file: string }): JSX.Element | null {
  const earlier = comparable(answer);
  if (answer.earlier.length === 0)
    return (
      <p class="quiet">
        <button type="button" class="link" onClick={() => navigate({ view: "compare" })}>
          Compare
        </button>{" "}
        with an earlier snapshot shows which arenas were released.
      </p>
    );
  if (earlier.length === 0) return <p class="quiet">The earlier snapshots don’t tell of arenas.</p>;
  return (
    <label class="arena-choice">
      Before and after:{" "}
      <select value={file} onChange={(event) => (chosen.value = event.currentTarget.value)}>
        <option value="">this snapshot alone</option>
        {earlier.map((one) => (
          <option key={one.file} value={one.file}>
            {text(one.file.split(/[\\/]/).at(-1) || one.file, 60)}, {momentText(one.capturedAt)}
          </option>
        ))}
      </select>
    </label>
  );
}
