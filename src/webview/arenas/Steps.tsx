import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { ArenasResult, Suggestion, SuggestionStep } from "../../session/queries/arenaRows.js";
import { FREE_LISTS_STAY } from "../../session/queries/arenaWords.js";
import { formatBytes, formatCount, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { phase } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { showArena } from "./list.js";
import { Pins } from "./Pins.js";

const ARENAS_SHOWN = 50;

// Kept while another view is shown.
const table = tableState(null, "1");

type Step = SuggestionStep & { readonly position: number };

const COLUMNS: readonly Column<Step>[] = [
  {
    id: "position",
    title: "Step",
    value: ({ position }) => position,
    cell: ({ position }) => formatCount(position),
    width: "4.2em",
    numeric: true,
  },
  { id: "what", title: "Let go of", value: objectsText, width: "minmax(9em, 2fr)" },
  {
    id: "arenas",
    title: "Arenas",
    value: ({ arenas }) => arenas.length,
    cell: ({ arenas }) => formatCount(arenas.length),
    width: "5.5em",
    numeric: true,
    hint: "Arenas that this step empties",
  },
  {
    id: "objectsSoFar",
    title: "Objects so far",
    value: ({ objectsSoFar }) => objectsSoFar,
    cell: ({ objectsSoFar }) => formatCount(objectsSoFar),
    width: "9.4em",
    numeric: true,
    hideBelow: 480,
    hint: "Objects of this step and those before it",
  },
  {
    id: "arenasSoFar",
    title: "Arenas so far",
    value: ({ arenasSoFar }) => arenasSoFar,
    cell: ({ arenasSoFar }) => formatCount(arenasSoFar),
    width: "9.2em",
    numeric: true,
    hideBelow: 480,
    hint: "Arenas of this step and those before it",
  },
];

const keyOf = ({ position }: Step) => String(position);

function objectsText({ objects }: Step): string {
  const [first] = objects;
  const name = first.heldBy === null ? first.name : `${first.name} in ${first.heldBy}`;
  return objects.length === 1 ? name : `${name}, and ${formatCount(objects.length - 1)} more`;
}

/** Which objects to let go of, step by step, and the arenas that each step empties. */
export function Steps({ answer }: { readonly answer: ArenasResult }): JSX.Element {
  const { suggestion, allocator } = answer;
  const steps = useMemo(() => suggestion.steps.map((step, i) => ({ ...step, position: i + 1 })), [suggestion]);
  const active = steps.find((step) => keyOf(step) === table.active.value) ?? steps.at(0);
  useEffect(() => {
    if (active) table.active.value = keyOf(active);
  }, [active]);
  const [first, ...rest] = sentences(suggestion);
  return (
    <>
      <p>
        <strong>{first}</strong> <span class="quiet">{rest.join(" ")}</span>
      </p>
      {active && (
        <div class="split">
          <VirtualTable
            label="Steps"
            columns={COLUMNS}
            rows={steps}
            rowKey={keyOf}
            state={table}
            onOpen={({ objects }) => showObject(objects[0].id)}
          />
          <StepPane key={active.position} step={active} arenaBytes={allocator.arenaBytes} />
        </div>
      )}
    </>
  );
}

/** What the suggestion releases, how good it is, and what it can't release: what matters most comes first. */
function sentences(suggestion: Suggestion): readonly string[] {
  const { steps, isBest, keptEmpty, freeListsStay, arenas, heldByStructure, heldByUnexplained } = suggestion;
  const told = [summary(suggestion)];
  if (keptEmpty > 0 && arenas > 0)
    told.push("One more would be empty, and goes back unless the interpreter keeps it in store.");
  if (freeListsStay) told.push(`${FREE_LISTS_STAY}.`);
  if (arenas + keptEmpty > 0)
    told.push(
      isBest
        ? "At no step would fewer objects do."
        : "They were found greedily, the arena that lacks fewest objects next: fewer might do.",
    );
  if (heldByStructure > 0)
    told.push(
      `${stay(heldByStructure)}: modules, classes, functions or what runs have objects in ${heldByStructure === 1 ? "it" : "them"}.`,
    );
  if (heldByUnexplained > 0) {
    const unexplained =
      `${stay(heldByUnexplained)}: no object explains some of ${heldByUnexplained === 1 ? "its" : "their"} blocks. ` +
      "Some may be free lists: capture again after gc.collect(), which empties them.";
    if (steps.length > 0) told.push(unexplained);
    else told.unshift(unexplained);
  }
  return [...told, ...cutText(suggestion)];
}

function summary({ objects, arenas, bytes, keptEmpty }: Suggestion): string {
  if (arenas + keptEmpty === 0) return "Letting go of entries of containers would release no nearly empty arena.";
  if (arenas === 0)
    return `If ${these(objects)} went, ${plural(keptEmpty, "arena")} would be empty, which the interpreter may keep in store.`;
  return `If ${these(objects)} went, ${plural(arenas, "arena")} (${formatBytes(bytes)}) would be released.`;
}

function these(objects: number): string {
  return objects === 1 ? "this one object" : `these ${plural(objects, "object")}`;
}

function stay(count: number): string {
  return `${plural(count, "nearly empty arena")} would stay`;
}

/** What is listed, where that is not all. */
function cutText({ steps, objects }: Suggestion): readonly string[] {
  const last = steps.at(-1);
  if (!last || last.objectsSoFar >= objects) return [];
  const listed = `${plural(last.objectsSoFar, "object")}, ${plural(last.arenasSoFar, "arena")}`;
  return [`The first ${plural(steps.length, "step")} are listed: ${listed}.`];
}

function StepPane({ step, arenaBytes }: { readonly step: Step; readonly arenaBytes: number }): JSX.Element {
  const { position, objects, arenas, objectsSoFar, arenasSoFar } = step;
  return (
    <section class="pane" aria-labelledby="step">
      <h2 id="step">
        Step {formatCount(position)}: {plural(objects.length, "object")}, {plural(arenas.length, "arena")}
      </h2>
      {position > 1 && (
        <p>
          With the steps before: {plural(objectsSoFar, "object")}, which empty {plural(arenasSoFar, "arena")} (
          {formatBytes(arenasSoFar * arenaBytes)}).
        </p>
      )}
      <h3>Let go of</h3>
      <Pins label="Objects of the step" pins={objects} />
      <h3>Arenas that this empties</h3>
      <ul class="ids">
        {arenas.slice(0, ARENAS_SHOWN).map((address) => (
          <li key={address}>
            <button
              type="button"
              class="link mono"
              title="Show this arena in the map"
              onClick={() => showArena(address)}
            >
              {text(address)}
            </button>
          </li>
        ))}
        {arenas.length > ARENAS_SHOWN && <li class="quiet">… and {formatCount(arenas.length - ARENAS_SHOWN)} more</li>}
      </ul>
    </section>
  );
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
