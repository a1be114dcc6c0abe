import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Comparison } from "../../session/queries/comparison.js";
import { LineChart } from "../chart/LineChart.js";
import { bytesRiseText, fromToText, riseText, straightnessText } from "../chart/rise.js";
import { Facts, GraphButton, IdLink, SourceButton } from "../elements.js";
import { formatBytes, formatCount, momentText, text } from "../format.js";
import { select } from "../host.js";
import { type GrownRow, isByBytes } from "./sections.js";

/** All about one thing that grows: how it did, snapshot by snapshot, and what it leads to. */
export function GrowthPane({
  row,
  counted,
  answer: { newestIsOpen, snapshots },
}: {
  readonly row: GrownRow;
  /** "Entries" */
  readonly counted: string;
  readonly answer: Comparison;
}): JSX.Element {
  // Ids are of the newest snapshot: in another one they are those of something else.
  const id = newestIsOpen ? row.id : null;
  useEffect(() => select(id), [id]);
  const { counts, bytes, slope, bytesSlope, r2, isNew, heldBy, location } = row;
  const facts: (readonly [string, ComponentChildren])[] = [
    [counted, `${fromToText(counts)}, ${riseText(slope)} each time${isNew ? "; the first snapshot has none" : ""}`],
    ["Bytes", `${fromToText(bytes, formatBytes)}, ${bytesRiseText(bytesSlope)} each time`],
    ["r²", `${straightnessText(r2)}; a straight line has 1.00`],
  ];
  if (heldBy !== undefined) facts.push(["Held by", <span class="anywhere">{text(heldBy)}, most of them</span>]);
  if (id !== null) facts.push(["One of them", <IdLink id={id} />]);
  return (
    // Where nothing in it can have the focus it has it itself, or the keyboard could not scroll it.
    <section class="pane" aria-labelledby="growth" {...(id === null && !location && { tabIndex: 0 })}>
      <h2 id="growth">{text(row.name)}</h2>
      <Facts facts={facts} />
      {(id !== null || location) && (
        <div class="actions">
          {id !== null && <GraphButton seed={{ kind: "object", id }} primary />}
          {id !== null && <GraphButton seed={{ kind: "path", id }}>Why is this alive?</GraphButton>}
          {location && <SourceButton location={location} />}
        </div>
      )}
      {isByBytes(row) ? (
        <LineChart values={bytes} what="Bytes" format={formatBytes} />
      ) : (
        <LineChart values={counts} what={counted} />
      )}
      <Numbers row={row} counted={counted} snapshots={snapshots} />
    </section>
  );
}

/** The numbers of the chart, for who can't see it or wants them exactly. */
function Numbers({
  row: { counts, bytes },
  counted,
  snapshots,
}: {
  readonly row: GrownRow;
  readonly counted: string;
  readonly snapshots: Comparison["snapshots"];
}): JSX.Element {
  return (
    <table class="plain-table numbers">
      <thead>
        <tr>
          <th scope="col">Snapshot</th>
          <th scope="col">{counted}</th>
          <th scope="col">Bytes</th>
        </tr>
      </thead>
      <tbody>
        {snapshots.map(({ capturedAt }, i) => (
          <tr key={i}>
            <td>
              {i + 1}, {momentText(capturedAt)}
            </td>
            <td>{formatCount(counts[i])}</td>
            <td>{formatBytes(bytes[i])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
