import type { ComponentChildren, JSX } from "preact";
import type { SourceLocation } from "../heap/HeapGraph.js";
import type { PictureSeed } from "../picture/Picture.js";
import { fullPlaceText, placeText, text } from "./format.js";
import { showGraph, showObject } from "./go.js";
import { copy, goToSource } from "./host.js";
import { CopyIcon, GraphIcon, SourceIcon } from "./icons.js";

/** An id that leads to its object. `passive` leaves it out of the tab order, for tables with keys of their own. */
export function IdLink({ id, passive = false }: { readonly id: string; readonly passive?: boolean }): JSX.Element {
  return (
    <button
      type="button"
      class="link mono"
      title="Show this object"
      tabIndex={passive ? -1 : 0}
      onClick={() => showObject(id)}
    >
      {id}
    </button>
  );
}

export function GraphButton({
  seed,
  primary = false,
  children = "Show graph",
}: {
  readonly seed: PictureSeed;
  readonly primary?: boolean;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <button type="button" class={primary ? "button primary" : "button"} onClick={() => showGraph(seed)}>
      <GraphIcon /> {children}
    </button>
  );
}

export function SourceButton({ location }: { readonly location: SourceLocation }): JSX.Element {
  return (
    <button type="button" class="button" title={fullPlaceText(location)} onClick={() => goToSource(location)}>
      <SourceIcon /> <span class="cut">Go to source: {placeText(location)}</span>
    </button>
  );
}

/** The place alone, for a cell of a table. */
export function PlaceLink({ location }: { readonly location: SourceLocation }): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      tabIndex={-1}
      title={`Go to source: ${fullPlaceText(location)}`}
      onClick={() => goToSource(location)}
    >
      {placeText(location)}
    </button>
  );
}

export function CopyButton({ value, label }: { readonly value: string; readonly label: string }): JSX.Element {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={() => copy(value)}>
      <CopyIcon />
    </button>
  );
}

/** A step of a path: how the object is reached, and the object. */
export interface Step {
  readonly id: string;
  readonly label: string;
  readonly name: string;
}

/** A path as a list of steps, each of which leads to its object. */
export function Path({ steps }: { readonly steps: readonly Step[] }): JSX.Element {
  return (
    <ol class="path">
      {steps.map((step, i) => (
        <li key={i}>
          {step.label !== "" && (
            <>
              <span class="mono label">{text(step.label, 120)}</span>
              <span aria-hidden="true"> → </span>
            </>
          )}
          <button type="button" class="link" title={step.id} onClick={() => showObject(step.id)}>
            {text(step.name, 120)}
          </button>
        </li>
      ))}
    </ol>
  );
}

/** Pairs of a name and what it is. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [name: string, value: ComponentChildren])[];
}): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
