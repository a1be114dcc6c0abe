import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { TaskGroupRow } from "../../session/queries/threads.js";
import { Facts, GraphButton, IdList, PlaceLink, SourceButton } from "../elements.js";
import { formatBytes, formatCount, text } from "../format.js";
import { select } from "../host.js";
import { hasEnded, stateText, UNKNOWN } from "./words.js";

/** All about tasks that are alike: where they wait, for what, and which they are. */
export function TaskPane({ row }: { readonly row: TaskGroupRow }): JSX.Element {
  const [first] = row.objects;
  const heading = useId();
  useEffect(() => select(first), [first]);
  const { coroutine, definition, heldBy } = row;
  const source = row.location ?? definition;
  return (
    <section class="pane" aria-labelledby={heading}>
      <h2 id={heading}>{text(coroutine ?? "Unknown coroutine")}</h2>
      <Facts
        facts={[
          ["State", stateText(row)],
          ["Tasks", formatCount(row.count)],
          ["Bytes", `${formatBytes(row.bytes)}, if all of them went`],
          ["Waits for", row.waitsFor === null ? lackText(row) : text(row.waitsFor)],
          ["Held by", heldBy === null ? "unknown: by nothing that has a name" : text(heldBy)],
          ["Defined at", definition ? <PlaceLink location={definition} passive={false} /> : UNKNOWN],
        ]}
      />
      <div class="actions">
        <GraphButton seed={{ kind: "object", id: first }} primary />
        <GraphButton seed={{ kind: "path", id: first }}>Why is this alive?</GraphButton>
        {source && <SourceButton location={source} />}
      </div>
      <h3>Awaits, innermost first</h3>
      {row.stack.length === 0 ? (
        <p class="quiet">{hasEnded(row) ? "Nothing: it has ended." : "Unknown: it may not have started, or runs."}</p>
      ) : (
        <ol class="stack">
          {row.stack.map((location, i) => (
            <li key={i}>
              {text(location.name || UNKNOWN, 120)} <PlaceLink location={location} passive={false} />
            </li>
          ))}
        </ol>
      )}
      <h3>Tasks</h3>
      <IdList ids={row.objects} total={row.objectsTotal} />
    </section>
  );
}

function lackText(row: TaskGroupRow): string {
  return hasEnded(row) ? "nothing: it has ended" : "unknown, or nothing";
}
