import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { DuplicatesResult } from "../../session/queries/duplicates.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Choice } from "../Choice.js";
import { Policies } from "./Policies.js";
import { Totals } from "./Totals.js";
import { Values } from "./Values.js";

type List = "values" | "types" | "policies";

// Kept while another view is shown.
const list = signal<List>("values");

const LISTS: readonly (readonly [List, string])[] = [
  ["values", "Values"],
  ["types", "By type"],
  ["policies", "What if"],
];

/** What "saved" means in a list, for who has never seen it. */
const MEANINGS: Readonly<Record<List, string>> = {
  values: "Equal objects that can’t change. Saved: the bytes of all of them but one, which could stand for the others.",
  types: "Saved: the bytes that would be freed if one object of the type stood for all equal ones.",
  policies:
    "Saved: the bytes that would be freed if these alone were shared. Two can free the same objects, so they don’t add up.",
};

/** Equal immutable objects, and what sharing them would save. */
export function Duplicates(): JSX.Element {
  const asked = useAnswer("duplicates", {});
  return (
    <div class="split-view">
      <div class="heading-line heading-choice">
        <h1 tabIndex={-1}>Duplicates</h1>
        <Choice label="List" value={list} choices={LISTS} />
      </div>
      <p class="quiet">{MEANINGS[list.value]}</p>
      <Answered asked={asked} doing="Looking for equal objects">
        {(answer) => <Chosen answer={answer} />}
      </Answered>
    </div>
  );
}

function Chosen({ answer }: { readonly answer: DuplicatesResult }): JSX.Element {
  switch (list.value) {
    case "values":
      return <Values answer={answer} />;
    case "types":
      return <Totals totals={answer.totals} />;
    case "policies":
      return <Policies policies={answer.policies} />;
  }
}
