import type { ComponentChildren, JSX } from "preact";
import type { SourceLocation } from "../heap/HeapGraph.js";
import type { PictureSeed } from "../picture/Picture.js";
import { formatCount, fullPlaceText, placeText, text } from "./format.js";
import { showGraph, showObject } from "./go.js";
import { copy, goToSource, navigate } from "./host.js";
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

/** A name that leads to its object, for a cell of a table. */
export function ObjectCell({ id, name }: { readonly id: string; readonly name: string }): JSX.Element {
  return (
    <button
      type="button"
      class="link cut"
      tabIndex={-1}
      title={`Show this object: ${id}`}
      onClick={() => showObject(id)}
    >
      {text(name)}
    </button>
  );
}

/** Ids that lead to their objects, and how many are left out. */
export function IdList({ ids, total }: { readonly ids: readonly string[]; readonly total: number }): JSX.Element {
  return (
    <ul class="ids">
      {ids.map((id) => (
        <li key={id}>
          <IdLink id={id} />
        </li>
      ))}
      {ids.length < total && <li class="quiet">… and {formatCount(total - ids.length)} more</li>}
    </ul>
  );
}

/** A type that leads to its instances. */
export function TypeLink({ type }: { readonly type: string }): JSX.Element {
  return (
    <button
      type="button"
      class="link anywhere"
      title="Show this type"
      onClick={() => navigate({ view: "types", type })}
    >
      {text(type)}
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

/** The place alone. Out of the tab order unless told else: it mostly stands in tables, which have keys of their own. */
export function PlaceLink({
  location,
  passive = true,
}: {
  readonly location: SourceLocation;
  readonly passive?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      tabIndex={passive ? -1 : 0}
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
