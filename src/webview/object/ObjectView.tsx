import { type ComponentChildren, Fragment, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ObjectDetails } from "../../session/queries/object.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { CopyButton, Facts, GraphButton, IdLink, SourceButton, TypeLink } from "../elements.js";
import { formatBytes, formatCount, text } from "../format.js";
import { select } from "../host.js";
import { traits } from "../traits.js";
import { Alive } from "./Alive.js";
import { Neighbours } from "./Neighbours.js";
import { distanceText, flagsText, generationText, refcountText } from "./words.js";

const WEAKREFS_SHOWN = 50;

/** Everything about one object. */
export function ObjectView({ id }: { readonly id: string }): JSX.Element {
  const capped = useAnswer("object", { id });
  useEffect(() => select(id), [id]);
  const state = capped.state.value;
  const name = state.kind === "answer" ? state.answer.name : "Object";
  return (
    <div class="object-view">
      <div class="heading-line">
        <h1 tabIndex={-1}>
          <span class="anywhere">{text(name, 200)}</span> <span class="mono quiet">{text(id, 40)}</span>
        </h1>
        <CopyButton value={id} label="Copy the id" />
      </div>
      <Answered asked={capped} doing="Looking at the object">
        {(details) => <Details details={details} />}
      </Answered>
    </div>
  );
}

function Details({ details }: { readonly details: ObjectDetails }): JSX.Element {
  const [all, setAll] = useState(false);
  const { id } = details;
  return (
    <>
      <div class="actions">
        <GraphButton seed={{ kind: "object", id }} primary />
        <GraphButton seed={{ kind: "path", id }}>
          {details.garbage ? "What holds it?" : "Why is this alive?"}
        </GraphButton>
        {details.location && <SourceButton location={details.location} />}
      </div>
      <Facts facts={factsOf(details)} />
      <Alive details={details} />
      <div class="neighbours">
        {all ? <AllNeighbours capped={details} /> : <Both details={details} more={setAll} />}
      </div>
    </>
  );
}

function AllNeighbours({ capped }: { readonly capped: ObjectDetails }): JSX.Element {
  const asked = useAnswer("object", { id: capped.id, all: true });
  return (
    <Answered asked={asked} doing="Looking for all references">
      {(details) => <Both details={details} />}
    </Answered>
  );
}

function Both({
  details,
  more,
}: {
  readonly details: ObjectDetails;
  readonly more?: (all: boolean) => void;
}): JSX.Element {
  const showAll = more && (() => more(true));
  return (
    <>
      <Neighbours
        title="Referrers"
        hint="What refers to this object"
        rows={details.referrers}
        total={details.referrersTotal}
        {...(showAll && { showAll })}
      />
      <Neighbours
        title="Referents"
        hint="What this object refers to"
        rows={details.referents}
        total={details.referentsTotal}
        {...(showAll && { showAll })}
      />
    </>
  );
}

function factsOf(details: ObjectDetails): (readonly [string, ComponentChildren])[] {
  const { type, dominator } = details;
  const { counts, garbage } = traits.value;
  const flags = flagsText(counts ? details.flags : details.flags.filter((flag) => flag === "detached"));
  const facts: (readonly [string, ComponentChildren] | false)[] = [
    ["Type", <TypeLink type={type} />],
    ["Self size", <span title={`${formatCount(details.self)} bytes`}>{formatBytes(details.self)}</span>],
    ["Retained size", <span title={`${formatCount(details.retained)} bytes`}>{formatBytes(details.retained)}</span>],
    counts && ["References", refcountText(details)],
    garbage && ["State", details.garbage ? "garbage: nothing alive refers to it" : "alive"],
    details.root !== "" && ["Root", text(details.root)],
    dominator !== null && dominator !== "garbage" && ["Dominator", <IdLink id={dominator} />],
    counts && ["Generation", generationText(details)],
    !counts && ["Distance", distanceText(details)],
    flags !== "" && [counts ? "Flags" : "Detached", flags],
    details.weakrefs.length > 0 && ["Weak references", <Weakrefs ids={details.weakrefs} />],
  ];
  return facts.filter((fact) => fact !== false);
}

function Weakrefs({ ids }: { readonly ids: readonly string[] }): JSX.Element {
  return (
    <>
      {ids.slice(0, WEAKREFS_SHOWN).map((id, i) => (
        <Fragment key={id}>
          {i > 0 && ", "}
          <IdLink id={id} />
        </Fragment>
      ))}
      {ids.length > WEAKREFS_SHOWN && `, and ${formatCount(ids.length - WEAKREFS_SHOWN)} more`}
    </>
  );
}
