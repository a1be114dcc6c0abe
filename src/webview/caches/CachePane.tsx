import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { CacheRow } from "../../session/queries/caches.js";
import { LineChart } from "../chart/LineChart.js";
import { fromToText, riseText, straightnessText } from "../chart/rise.js";
import { Facts, GraphButton, IdLink, SourceButton } from "../elements.js";
import { formatBytes, formatCount, text } from "../format.js";
import { select } from "../host.js";

/** All about one container: what it holds, what bounds it, and its growth. */
export function CachePane({
  row,
  isCompared,
}: {
  readonly row: CacheRow;
  /** There are snapshots that this one is compared with. */
  readonly isCompared: boolean;
}): JSX.Element {
  useEffect(() => select(row.id), [row.id]);
  const { bound, growth } = row;
  const facts: (readonly [string, ComponentChildren])[] = [
    [
      "Container",
      <>
        <span class="anywhere">{text(row.type)}</span> <IdLink id={row.id} />
      </>,
    ],
    ["Entries", entriesText(row)],
    ["Idle", idleText(row)],
    ["Size", `${formatBytes(row.bytes)} that only it keeps`],
    ["Bound", bound ? `${formatCount(bound.limit)} entries, by ${text(bound.by)}` : "none is known"],
  ];
  if (isCompared) facts.push(["Growth", growthText(row)]);
  return (
    <section class="pane" aria-labelledby="cache">
      <h2 id="cache">{text(row.name)}</h2>
      <Facts facts={facts} />
      <div class="actions">
        <GraphButton seed={{ kind: "object", id: row.id }} primary />
        <GraphButton seed={{ kind: "path", id: row.id }}>Why is this alive?</GraphButton>
        {row.location && <SourceButton location={row.location} />}
      </div>
      {growth && <LineChart values={growth.counts} what="Entries" />}
    </section>
  );
}

function entriesText({ entries, commonType, commonCount }: CacheRow): string {
  const all = formatCount(entries);
  return commonCount > 0 ? `${all}; ${formatCount(commonCount)} of the values are ${text(commonType)}` : all;
}

function idleText({ idle, entries, idleShare }: CacheRow): string {
  const share = `${formatCount(idle)} of ${formatCount(entries)}, ${Math.round(idleShare * 100)} %`;
  return idle > 0 ? `${share}: nothing else keeps their values` : "0 %: all values are also kept by something else";
}

function growthText({ growth }: CacheRow): string {
  if (!growth) return "unknown: no other snapshot tells of it";
  const course = `${fromToText(growth.counts)} over ${growth.counts.length} snapshots`;
  if (!growth.grows) return `steady: ${course}`;
  return `${course}, ${riseText(growth.slope)} each time, r² ${straightnessText(growth.r2)}`;
}
