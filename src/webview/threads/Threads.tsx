import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { ThreadsResult } from "../../session/queries/threads.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Choice } from "../Choice.js";
import { formatCount } from "../format.js";
import { Tasks } from "./Tasks.js";
import { ThreadList } from "./ThreadList.js";
import { ThreadLocals } from "./ThreadLocals.js";

type List = "threads" | "locals" | "tasks";

// Kept while another view is shown.
const list = signal<List>("threads");

/** What a list is of, for who has never seen it. */
const MEANINGS: Readonly<Record<List, string>> = {
  threads: "Where each thread is, and what it keeps: the bytes that would be freed if its functions returned.",
  locals: "What threads have in threading.local objects. Which thread, no snapshot tells.",
  tasks: "Tasks of asyncio that are alive: grouped by coroutine, state, and the lines at which they wait.",
};

/** Threads with their stacks, thread-local values, and tasks: what they keep, and where they wait. */
export function Threads(): JSX.Element {
  const asked = useAnswer("threads", {});
  const state = asked.state.value;
  return (
    <div class="split-view">
      <div class="heading-line heading-choice">
        <h1 tabIndex={-1}>Threads</h1>
        <Choice label="List" value={list} choices={choicesOf(state.kind === "answer" ? state.answer : undefined)} />
      </div>
      <p class="quiet">{MEANINGS[list.value]}</p>
      <Answered asked={asked} doing="Looking at threads and tasks">
        {(answer) => <Chosen answer={answer} />}
      </Answered>
    </div>
  );
}

function choicesOf(answer: ThreadsResult | undefined): readonly (readonly [List, string])[] {
  const counted = (words: string, count: number | undefined) =>
    count === undefined ? words : `${words} (${formatCount(count)})`;
  return [
    ["threads", counted("Threads", answer?.threads?.length)],
    ["locals", counted("Thread-locals", answer?.threadLocalsTotal)],
    [
      "tasks",
      counted(
        "Tasks",
        answer?.tasks.reduce((sum, { count }) => sum + count, 0),
      ),
    ],
  ];
}

function Chosen({ answer }: { readonly answer: ThreadsResult }): JSX.Element {
  switch (list.value) {
    case "threads":
      return <ThreadList threads={answer.threads} />;
    case "locals":
      return <ThreadLocals rows={answer.threadLocals} total={answer.threadLocalsTotal} />;
    case "tasks":
      return <Tasks rows={answer.tasks} />;
  }
}
