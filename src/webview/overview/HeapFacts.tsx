import type { ComponentChildren, JSX } from "preact";
import type { Info } from "../../session/queries/info.js";
import { Facts } from "../elements.js";
import { collectorText, formatBytes, formatCount, runtimeText, text, timeText } from "../format.js";

const FACTS: Readonly<Record<keyof Info["has"], string>> = {
  refcounts: "reference counts",
  generations: "generations of the collector",
  weakrefs: "weak references",
  locations: "source lines",
  arenas: "memory arenas",
  threads: "threads",
  tracemalloc: "allocation sites (tracemalloc was off)",
};

/** What a heap is, and what its snapshot does not tell. */
export function HeapFacts({ info }: { readonly info: Info }): JSX.Element {
  const lacks = Object.entries(FACTS).flatMap(([fact, words]) => (info.has[fact as keyof Info["has"]] ? [] : [words]));
  const facts: (readonly [string, ComponentChildren])[] = [
    ["Runtime", runtimeText(info)],
    ["Objects", formatCount(info.nodes)],
    ["References", formatCount(info.edges)],
    ["Size", <span title={`${formatCount(info.bytes)} bytes`}>{formatBytes(info.bytes)}</span>],
    ["Captured", capturedAt(info)],
    ["Process", info.pid === null ? "unknown" : String(info.pid)],
    ["Program", <span class="mono anywhere">{text(info.argv.join(" "), 300) || "unknown"}</span>],
    ["Collector", collectorText(info.gcEnabled)],
    ["Format", text(info.format) + (info.redacted ? ", redacted: no text values" : "")],
    ["Not in this snapshot", lacks.length === 0 ? "nothing is missing" : lacks.join(", ")],
  ];
  return (
    <section class="heap-facts" aria-labelledby="this-heap">
      <h2 id="this-heap">This heap</h2>
      <Facts facts={facts} />
      {info.notes.length > 0 && (
        <>
          <h3>Notes of the capture</h3>
          <ul class="notes">
            {info.notes.map((note, i) => (
              <li key={i}>{text(note, 1000)}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function capturedAt({ capturedAt: at }: Info): ComponentChildren {
  return at === null ? "unknown" : <time dateTime={at}>{timeText(at)}</time>;
}
