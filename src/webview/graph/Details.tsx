import type { ComponentChildren, JSX } from "preact";
import type { Box } from "../../picture/Picture.js";
import type { ObjectDetails } from "../../session/queries/object.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Facts } from "../elements.js";
import { formatBytes, formatCount, fullPlaceText, placeText, text } from "../format.js";
import { showObject } from "../go.js";
import { copy, goToSource } from "../host.js";
import { distanceText, flagsText, refcountText } from "../object/words.js";
import { traits } from "../traits.js";
import { useSettled } from "../useSettled.js";
import { fateText, isCut } from "./cuts.js";
import type { Keyboard } from "./Keyboard.js";
import type { PictureStore } from "./PictureStore.js";
import { boxName } from "./references.js";

/** The selected object: what it is, and what can be done with it. */
export function Details({
  store,
  keyboard,
}: {
  readonly store: PictureStore;
  readonly keyboard: Keyboard;
}): JSX.Element {
  const box = store.selectedBox.value;
  const back = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !box) return;
    event.stopPropagation();
    keyboard.focus(box.key);
  };
  return (
    <section class="graph-details" aria-labelledby="graph-details-title" onKeyDown={back}>
      <SelectedArrow store={store} />
      {box ? (
        <Selected box={box} store={store} />
      ) : (
        <>
          <h2 id="graph-details-title">Details</h2>
          <p class="quiet">Select a box to see what it is.</p>
        </>
      )}
    </section>
  );
}

/** The arrow that was chosen: what it is, and the button that cuts it, where it can be told what that frees. */
function SelectedArrow({ store }: { readonly store: PictureStore }): JSX.Element | null {
  const pinned = store.pinned.value;
  const arrow = pinned === null ? undefined : store.arrows.value.get(pinned);
  const from = arrow && store.boxes.value.get(arrow.from);
  const to = arrow && store.boxes.value.get(arrow.to);
  if (!arrow || !from || !to) return null;
  const cut = store.cuts.ofArrow(arrow.key);
  const done = store.cuts.keys.value.has(arrow.key);
  const several = arrow.count > 1 ? ` ${formatCount(arrow.count)} references` : "";
  return (
    <div class="graph-arrow" role="group" aria-label="Selected reference">
      <p class="anywhere">
        {boxName(from)} <span class="mono label">{arrow.labels.join(", ")}</span> → {boxName(to)}
      </p>
      {traits.value.counts && (
        <div class="actions">
          <Action
            does={done ? "Take the cut back" : `Cut${several}`}
            possible={isCut(cut)}
            run={() => store.cuts.toggle(arrow.key)}
          />
        </div>
      )}
      {traits.value.counts && !isCut(cut) && <p class="quiet">It can’t be cut. {cut.reason}</p>}
    </div>
  );
}

function Selected({ box, store }: { readonly box: Box; readonly store: PictureStore }): JSX.Element {
  const settled = useSettled<string | null>(box.id, null);
  return (
    <>
      <h2 id="graph-details-title" class="anywhere">
        {boxName(box)}
      </h2>
      <Marks box={box} />
      <FateNote box={box} store={store} />
      <div class="actions">
        <Action
          does={`Show referrers (${formatCount(box.hidden.referrers)} hidden)`}
          possible={box.hidden.referrers > 0}
          run={() => store.expand({ id: box.id, direction: "referrers" }, box)}
        />
        <Action
          does={`Show referents (${formatCount(box.hidden.referents)} hidden)`}
          possible={box.hidden.referents > 0}
          run={() => store.expand({ id: box.id, direction: "referents" }, box)}
        />
        <Action
          does="Path from a root"
          possible={store.shown.value?.wish.pathTo !== box.id}
          run={() => store.pathTo(box)}
        />
        <Action does="Object details" possible run={() => showObject(box.id)} />
        {box.location && (
          <Action
            does={`Go to source: ${placeText(box.location)}`}
            hint={fullPlaceText(box.location)}
            possible
            run={() => goToSource(box.location!)}
          />
        )}
        <Action does="Copy id" possible run={() => copy(box.id)} />
      </div>
      {settled === box.id ? <More id={box.id} box={box} /> : <Facts facts={drawnFacts(box)} />}
    </>
  );
}

function More({ id, box }: { readonly id: string; readonly box: Box }): JSX.Element {
  const asked = useAnswer("object", { id });
  if (asked.state.value.kind === "pending") return <Facts facts={drawnFacts(box)} />;
  return (
    <Answered asked={asked} doing="Looking at the object">
      {(details) => <Facts facts={allFacts(box, details)} />}
    </Answered>
  );
}

/** How the box is marked in the picture, in words. */
function Marks({ box }: { readonly box: Box }): JSX.Element | null {
  const marks = [box.inCycle && "in the cycle", box.onPath && "on the path"].filter((mark) => mark !== false);
  return marks.length === 0 ? null : <p>Marked: {marks.join(", ")}</p>;
}

/** What becomes of the object by the cuts. */
function FateNote({ box, store }: { readonly box: Box; readonly store: PictureStore }): JSX.Element | null {
  const fate = store.cuts.fates.value.get(box.id);
  return fate ? <p class="anywhere">With the cuts it {text(fateText(fate), 500)}</p> : null;
}

/** A button that keeps the keyboard also when there is nothing more for it to do. */
function Action({
  does,
  hint,
  possible,
  run,
}: {
  readonly does: string;
  readonly hint?: string;
  readonly possible: boolean;
  run(): void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="button"
      {...(hint !== undefined && { title: hint })}
      aria-disabled={!possible}
      onClick={() => possible && run()}
    >
      <span class="cut">{does}</span>
    </button>
  );
}

type Fact = readonly [name: string, value: ComponentChildren];

function stateFacts(box: Box): Fact[] {
  const state = box.garbage ? "garbage: nothing alive refers to it" : "alive";
  const facts: (Fact | false)[] = [
    traits.value.garbage && ["State", state],
    box.root !== "" && ["Root", text(box.root)],
  ];
  return facts.filter((fact) => fact !== false);
}

/** What the picture itself tells, for as long as nothing else is known. */
function drawnFacts(box: Box): Fact[] {
  return [["Object", box.lines.slice(1).join(", ")], ...stateFacts(box), ["Id", <Id id={box.id} />]];
}

function allFacts(box: Box, details: ObjectDetails): Fact[] {
  return [
    ["Type", text(details.type)],
    ["Self size", formatBytes(details.self)],
    ["Retained size", formatBytes(details.retained)],
    traits.value.counts ? ["References", refcountText(details)] : ["Distance", distanceText(details)],
    ...(details.flags.includes("detached") ? [["Detached", flagsText(["detached"])] as const] : []),
    ...stateFacts(box),
    ["Id", <Id id={box.id} />],
  ];
}

function Id({ id }: { readonly id: string }): JSX.Element {
  return <span class="mono anywhere">{id}</span>;
}
