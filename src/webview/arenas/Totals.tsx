import type { JSX } from "preact";
import type { AllocatorFacts, ArenasResult } from "../../session/queries/arenaRows.js";
import { OUTSIDE_ARENAS } from "../../session/queries/arenaWords.js";
import { formatBytes, formatCount, plural, text } from "../format.js";
import { WarningIcon } from "../icons.js";
import { sentence, shareText } from "./words.js";

/** How much memory the arenas hold and use, how sure that is, and what a comparison with earlier ones is worth. */
export function Totals({ answer }: { readonly answer: ArenasResult }): JSX.Element {
  const { allocator, totals, arenas, outside, nearlyEmptyLimit, notes } = answer;
  const held = arenas.reduce((sum, { bytes }) => sum + bytes, 0);
  const nearly = arenas.filter(({ nearlyEmpty }) => nearlyEmpty).length;
  return (
    <>
      <p>
        <strong>
          {plural(arenas.length, "arena")} of {formatBytes(allocator.arenaBytes)}{" "}
          {arenas.length === 1 ? "holds" : "hold"} {formatBytes(held)}; {formatBytes(totals.bytesInUse)} are in use,{" "}
          {shareText(totals.bytesInUse / held)}. {nearlyText(nearly, nearlyEmptyLimit)}
        </strong>{" "}
        <span class="quiet">
          An arena goes back to the system only when no pool in it is in use: one object is enough to hold it.{" "}
          {outside.objects > 0 &&
            `${plural(outside.objects, "object")} of ${formatBytes(outside.bytes)} ${outside.objects === 1 ? "is" : "are"} in no arena: ${OUTSIDE_ARENAS}.`}
        </span>
      </p>
      {[...sureness(allocator), ...notes.map((note) => text(note, 1000))].map((words) => (
        <p key={words} class="warning-line">
          <WarningIcon /> <span>{words}</span>
        </p>
      ))}
    </>
  );
}

function nearlyText(count: number, limit: number): string {
  const what = `with at most ${shareText(limit)} in use`;
  if (count === 0) return `No arena is nearly empty, ${what}.`;
  return `${formatCount(count)} ${count === 1 ? "is" : "are"} nearly empty, ${what}.`;
}

/** What is to be known of how the arenas were read. */
function sureness({ source, debug, problem }: AllocatorFacts): string[] {
  const told: string[] = [];
  const why = problem === null ? "" : sentence(problem);
  if (source === "estimate")
    told.push(
      "This is an estimate from the addresses of objects: arenas are stretches of memory of their size, and blocks and bytes in use are lower bounds." +
        (why === "" ? "" : ` ${why}`),
    );
  else if (why !== "") told.push(why);
  if (debug)
    told.push(
      "The allocator’s debug hooks are on. They put bytes around each block, so that objects take more room than without.",
    );
  return told;
}

const ALLOCATORS: Readonly<Record<AllocatorFacts["allocator"], string>> = {
  pymalloc: "The snapshot has no arenas.",
  malloc:
    "This program ran without arenas: with PYTHONMALLOC=malloc, or a Python that is built so, each object is a block of the C library’s malloc.",
  mimalloc: "This program ran with PYTHONMALLOC=mimalloc, which has no arenas.",
  unknown: "The snapshot does not tell where the allocator had its objects.",
};

/** What is said where there is no arena to show. */
export function NoArenas({ answer: { allocator } }: { readonly answer: ArenasResult }): JSX.Element {
  return (
    <div class="empty-state paragraphs">
      <p>{ALLOCATORS[allocator.allocator]}</p>
      {allocator.problem !== null && <p>{sentence(allocator.problem)}</p>}
      <p class="quiet">
        Python’s own allocator takes memory for small objects, up to 512 bytes, in arenas. An arena goes back to the
        system only when nothing in it is in use.
      </p>
    </div>
  );
}
