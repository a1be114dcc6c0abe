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

type Fact = readonly [name: string, value: ComponentChildren];

/** What a heap is, and what its snapshot does not tell. */
export function HeapFacts({ info }: { readonly info: Info }): JSX.Element {
  return (
    <section class="heap-facts" aria-labelledby="this-heap">
      <h2 id="this-heap">This heap</h2>
      <Facts facts={info.runtime === "v8" ? factsOfV8(info) : factsOfCPython(info)} />
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

function factsOfCPython(info: Info): Fact[] {
  const lacks = Object.entries(FACTS).flatMap(([fact, words]) => (info.has[fact as keyof Info["has"]] ? [] : [words]));
  return [
    ["Runtime", runtimeText(info)],
    ...sizesOf(info),
    ["Captured", capturedAt(info)],
    ["Process", info.pid === null ? "unknown" : String(info.pid)],
    ["Program", programOf(info)],
    ["Collector", collectorText(info.gcEnabled)],
    ["Format", formatOf(info)],
    ["Not in this snapshot", lacks.length === 0 ? "nothing is missing" : lacks.join(", ")],
  ];
}

/** V8's format has none of what tells of a process; a capture of ours may have put it beside. */
function factsOfV8(info: Info): Fact[] {
  const known: (Fact | false)[] = [
    info.capturedAt !== null && ["Captured", capturedAt(info)],
    info.pid !== null && ["Process", String(info.pid)],
    info.argv.length > 0 && ["Program", programOf(info)],
  ];
  const lacks = [
    info.version === null && "V8's version",
    info.argv.length === 0 && "the program",
    info.capturedAt === null && "the time",
    !info.has.locations && "source lines",
  ].filter((words) => words !== false);
  return [
    ["Runtime", `${runtimeText(info)}, of Node or a browser`],
    ...sizesOf(info),
    ...known.filter((fact) => fact !== false),
    ["Reference counts", "none: V8 counts no references"],
    ["Format", formatOf(info)],
    ["Not in this snapshot", lacks.length === 0 ? "nothing is missing" : lacks.join(", ")],
  ];
}

function sizesOf(info: Info): Fact[] {
  return [
    ["Objects", formatCount(info.nodes)],
    ["References", formatCount(info.edges)],
    ["Size", <span title={`${formatCount(info.bytes)} bytes`}>{formatBytes(info.bytes)}</span>],
  ];
}

function programOf({ argv }: Info): ComponentChildren {
  return <span class="mono anywhere">{text(argv.join(" "), 300) || "unknown"}</span>;
}

function formatOf({ format, redacted }: Info): string {
  return text(format) + (redacted ? ", redacted: no text values" : "");
}

function capturedAt({ capturedAt: at }: Info): ComponentChildren {
  return at === null ? "unknown" : <time dateTime={at}>{timeText(at)}</time>;
}
