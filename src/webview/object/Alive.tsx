import type { JSX } from "preact";
import type { ObjectDetails } from "../../session/queries/object.js";
import type { WhyPath, WhyResult } from "../../session/queries/why.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { CopyButton, Path } from "../elements.js";
import { plural, text } from "../format.js";

const EXPRESSION = 1000;

/** What keeps an object alive; for garbage, what holds it and its way back to itself. */
export function Alive({ details }: { readonly details: ObjectDetails }): JSX.Element {
  const asked = useAnswer("why", { id: details.id });
  const state = asked.state.value;
  // The first of all paths is the one that comes with the object, which is there sooner.
  const listed = state.kind === "answer" && state.answer.paths.length > 0;
  return (
    <section class="alive" aria-labelledby="alive">
      <h2 id="alive">{details.garbage ? "What holds it" : "What keeps it alive"}</h2>
      {details.path !== null && !listed && <Expression value={details.path} />}
      <Answered asked={asked} doing="Looking for paths">
        {(answer) => <Found answer={answer} />}
      </Answered>
    </section>
  );
}

function Found({ answer }: { readonly answer: WhyResult }): JSX.Element {
  const { paths, cycle, garbage } = answer;
  return (
    <>
      {cycle && (
        <>
          <p>It is garbage in a cycle: it refers to itself through {plural(cycle.length - 1, "reference")}.</p>
          <Path steps={cycle} />
        </>
      )}
      {paths.length === 0 && !cycle && <p>{garbage ? "Nothing else holds it." : "It is a root itself."}</p>}
      {paths.length > 0 && (
        <ul class="paths">
          {paths.map((path, i) => (
            <li key={i}>
              <OnePath path={path} open={i === 0 && !cycle} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function OnePath({ path, open }: { readonly path: WhyPath; readonly open: boolean }): JSX.Element {
  return (
    <>
      <Expression value={path.expression} />
      <details open={open}>
        <summary class="quiet">
          From {text(path.root)} through {plural(path.steps.length - 1, "reference")}
        </summary>
        <Path steps={path.steps} />
      </details>
    </>
  );
}

function Expression({ value }: { readonly value: string }): JSX.Element {
  return (
    <p class="expression">
      <code class="mono anywhere">{text(value, EXPRESSION)}</code>
      <CopyButton value={value} label="Copy the path" />
    </p>
  );
}
