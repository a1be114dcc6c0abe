import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { DuplicateRow } from "../../session/queries/duplicates.js";
import { CopyButton, Facts, GraphButton, IdList, SourceButton, TypeLink } from "../elements.js";
import { formatBytes, formatCount, text } from "../format.js";
import { phase, select } from "../host.js";
import { adviceFor } from "./advice.js";

/** All about one value: its objects, what holds them, and how to share them. */
export function ValuePane({ row }: { readonly row: DuplicateRow }): JSX.Element | null {
  const [first] = row.objects;
  useEffect(() => select(first), [first]);
  const { bytesEach, heldBy, location } = row;
  const opened = phase.value;
  if (opened.kind !== "opened") return null;
  const advice = adviceFor(row.type, opened.info);
  return (
    <section class="pane" aria-labelledby="value">
      <h2 id="value">
        <span class="mono">{text(row.value)}</span>
      </h2>
      <Facts
        facts={[
          ["Type", <TypeLink type={row.type} />],
          ["Objects", formatCount(row.count)],
          ["Size", bytesEach === undefined ? "differs from object to object" : `${formatBytes(bytesEach)} each`],
          ["Saved", `${formatBytes(row.saved)}, if one object stood for all`],
          ["Held by", heldBy === undefined ? "unknown: by nothing that has a name" : text(heldBy)],
        ]}
      />
      <div class="actions">
        <GraphButton seed={{ kind: "object", id: first }} primary />
        <GraphButton seed={{ kind: "path", id: first }}>Why is this alive?</GraphButton>
        {location && <SourceButton location={location} />}
      </div>
      <p>
        <strong>What to do:</strong> {advice.words}
      </p>
      <p class="expression">
        <code class="mono anywhere">{advice.code}</code>
        <CopyButton value={advice.code} label="Copy the expression" />
      </p>
      <h3>Objects</h3>
      <IdList ids={row.objects} total={row.objectsTotal} />
    </section>
  );
}
