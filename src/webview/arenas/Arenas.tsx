import type { JSX } from "preact";
import type { ArenasResult } from "../../session/queries/arenaRows.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Choice } from "../Choice.js";
import { compared } from "../host.js";
import { ArenaMap } from "./ArenaMap.js";
import { Holders } from "./Holders.js";
import { list, type List } from "./list.js";
import { Policies } from "./Policies.js";
import { Sizes } from "./Sizes.js";
import { Steps } from "./Steps.js";
import { NoArenas, Totals } from "./Totals.js";

const LISTS: readonly (readonly [List, string])[] = [
  ["map", "Map"],
  ["holders", "Who holds them"],
  ["steps", "What to let go of"],
  ["sizes", "By size"],
  ["policies", "What if"],
];

/** The memory of small objects: arenas, how full they are, and what keeps nearly empty ones from being released. */
export function Arenas(): JSX.Element {
  const asked = useAnswer("arenas", { version: compared.value.version });
  return (
    <div class="split-view">
      <div class="heading-line heading-choice">
        <h1 tabIndex={-1}>Arenas</h1>
        <Choice label="List" value={list} choices={LISTS} />
      </div>
      <Answered asked={asked} doing="Looking at arenas">
        {(answer) => <Known answer={answer} />}
      </Answered>
    </div>
  );
}

function Known({ answer }: { readonly answer: ArenasResult }): JSX.Element {
  if (answer.allocator.source === "none" || answer.arenas.length === 0) return <NoArenas answer={answer} />;
  return (
    <>
      <Totals answer={answer} />
      <Chosen answer={answer} />
    </>
  );
}

// What these tell depends on all that is in an arena.
const NEED_EXACT: ReadonlySet<List> = new Set<List>(["holders", "steps", "policies"]);

function Chosen({ answer }: { readonly answer: ArenasResult }): JSX.Element {
  if (answer.allocator.source === "estimate" && NEED_EXACT.has(list.value))
    return (
      <p class="empty-state">An estimate from addresses can’t tell this: blocks that no object shows are not in it.</p>
    );
  switch (list.value) {
    case "map":
      return <ArenaMap answer={answer} />;
    case "holders":
      return <Holders answer={answer} />;
    case "steps":
      return <Steps answer={answer} />;
    case "sizes":
      return <Sizes classes={answer.classes} />;
    case "policies":
      return <Policies policies={answer.policies} />;
  }
}
