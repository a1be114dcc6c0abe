import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { WeakrefLists } from "../../session/queries/weakrefSuspects.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Choice } from "../Choice.js";
import { formatCount } from "../format.js";
import { phase } from "../host.js";
import { Groups, groupsTable } from "./Groups.js";
import { Piles, pilesTable } from "./Piles.js";
import { Stale, staleTable } from "./Stale.js";

type List = "own" | "all" | "piles" | "stale";

// Kept while another view is shown.
const list = signal<List>("own");

/** What a list is of, for who has never seen it. */
const MEANINGS: Readonly<Record<List, string>> = {
  own: "Weak references of the program: grouped by what they refer to, what holds them, and their callback.",
  all: "All weak references, also those that the interpreter and its library keep for themselves.",
  piles: "Containers that still hold weak references to objects that are gone: each takes memory until it is removed.",
  stale: "Weak references whose object may have been re-used for something else since they were made.",
};

/** Weak references by what they refer to, containers full of dead ones, and what is suspected to be stale. */
export function WeakReferences(): JSX.Element {
  const asked = useAnswer("weakrefs", {});
  return (
    <div class="split-view">
      <h1 tabIndex={-1}>Weak references</h1>
      <p class="quiet">{MEANINGS[list.value]}</p>
      <Answered asked={asked} doing="Looking for weak references">
        {(lists) => <Chosen lists={lists} />}
      </Answered>
    </div>
  );
}

function Chosen({ lists }: { readonly lists: WeakrefLists }): JSX.Element {
  const choice = <ListChoice lists={lists} />;
  switch (list.value) {
    case "own":
    case "all":
      return (
        <Groups key={list.value} lists={lists} own={list.value === "own"}>
          {choice}
        </Groups>
      );
    case "piles":
      return <Piles piles={lists.piles}>{choice}</Piles>;
    case "stale":
      return <Stale stale={lists.stale}>{choice}</Stale>;
  }
}

function ListChoice({ lists }: { readonly lists: WeakrefLists }): JSX.Element {
  const choices: readonly (readonly [List, string])[] = [
    ["own", "Program’s own"],
    ["all", "All"],
    ["piles", `Piles of dead ones (${formatCount(lists.piles.length)})`],
    ["stale", `Suspected stale (${formatCount(lists.stale.length)})`],
  ];
  return <Choice label="List" value={list} choices={choices} />;
}

phase.subscribe(({ kind }) => {
  if (kind !== "loading") return;
  for (const table of [groupsTable, pilesTable, staleTable]) table.active.value = null;
});
