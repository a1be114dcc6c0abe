import type { JSX } from "preact";
import type { ClearedRow, ObjectWeakrefs } from "../../session/queries/weakrefsOf.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { IdLink, PlaceLink } from "../elements.js";
import { formatCount, plural, text } from "../format.js";
import { useSettled } from "../useSettled.js";

const SHOWN = 100;

/** What would happen if an object died, or if its weak references were cleared. */
export function Clearing({ id }: { readonly id: string }): JSX.Element | null {
  const settled = useSettled<string | null>(id, null);
  return settled === null ? null : <Asked key={settled} id={settled} />;
}

function Asked({ id }: { readonly id: string }): JSX.Element {
  const asked = useAnswer("weakrefsOf", { id });
  return (
    <section class="clearing" aria-labelledby="clearing">
      <h3 id="clearing">
        If <span class="mono">{id}</span> died
      </h3>
      <Answered asked={asked} doing="Following the callbacks">
        {(answer) => <Found answer={answer} />}
      </Answered>
    </section>
  );
}

function Found({ answer: { weakrefs, clears } }: { readonly answer: ObjectWeakrefs }): JSX.Element {
  const ofProgram = clears.some(({ runs, drops }) => runs && drops === null);
  const without = weakrefs.length - clears.length;
  const silent = clears.length === 0 ? "without a callback" : `${formatCount(without)} of them without a callback`;
  return (
    <>
      <p>
        {plural(weakrefs.length, "weak reference")} would be cleared{without > 0 && `, ${silent}`}.
        {clears.length > 0 && " Then these callbacks would run, in this order:"}
      </p>
      {clears.length > 0 && (
        <ol class="clears">
          {clears.slice(0, SHOWN).map((row) => (
            <Cleared key={row.weakref} row={row} />
          ))}
        </ol>
      )}
      {ofProgram && <p class="quiet">What the program's own callbacks do is not known.</p>}
      {clears.length > SHOWN && <p class="quiet">… and {plural(clears.length - SHOWN, "more callback")}.</p>}
    </>
  );
}

function Cleared({ row: { weakref, what, location } }: { readonly row: ClearedRow }): JSX.Element {
  return (
    <li>
      <IdLink id={weakref} /> {text(what, 500)} {location && <PlaceLink location={location} passive={false} />}
    </li>
  );
}
