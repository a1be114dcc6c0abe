import type { ComponentChildren, JSX } from "preact";
import type { ArenaChange } from "../../session/queries/arenaChanges.js";
import { fillBands, SIZE_BANDS } from "./bands.js";

/** A bar as high as a share, for a cell. */
export function Bar({ fill, class: name = "bar" }: { readonly fill: number; readonly class?: string }): JSX.Element {
  // What is in use at all can be seen.
  const percent = fill > 0 ? Math.max(6, Math.min(100, fill * 100)) : 0;
  return <span class={name} style={{ height: `${percent}%` }} />;
}

/** What the colours and patterns of arenas mean. */
export function FillLegend({ nearlyEmptyLimit }: { readonly nearlyEmptyLimit: number }): JSX.Element {
  return (
    <ul class="cell-legend" aria-label="Colours and patterns of arenas">
      {fillBands(nearlyEmptyLimit).map(([band, words, fill]) => (
        <Entry key={band} name={`fill-${band}`} words={words}>
          <Bar fill={fill} />
        </Entry>
      ))}
    </ul>
  );
}

const CHANGES: readonly (readonly [ArenaChange, string])[] = [
  ["released", "released since"],
  ["new", "new"],
  ["emptier", "emptier, by 1 % or more"],
  ["fuller", "fuller, by 1 % or more"],
  ["same", "as before"],
];

/** What the marks of a comparison mean. */
export function ChangeLegend(): JSX.Element {
  return (
    <ul class="cell-legend" aria-label="Marks of changes">
      <li>
        <span class="quiet">Left half: then. Right half: now.</span>
      </li>
      {CHANGES.map(([change, words]) => (
        <li key={change}>
          <span class="change-sample" aria-hidden="true">
            <span class={`change change-${change}`} />
          </span>
          {words}
        </li>
      ))}
    </ul>
  );
}

/** What the colours and patterns of pools mean. */
export function SizeLegend({
  bands,
  untouched,
}: {
  readonly bands: ReadonlySet<number>;
  /** Some were never used. */
  readonly untouched: boolean;
}): JSX.Element {
  return (
    <ul class="cell-legend" aria-label="Colours and patterns of pools">
      {SIZE_BANDS.map(
        (words, band) =>
          bands.has(band) && (
            <Entry key={band} name={`size-${band}`} words={words}>
              <Bar class="gauge" fill={0.5} />
            </Entry>
          ),
      )}
      <Entry name="pool-free" words="in no use" />
      {untouched && <Entry name="pool-untouched" words="never used" />}
      <li class="quiet">At the left of a pool: how many of its blocks are in use.</li>
    </ul>
  );
}

/** A sample of a band of size classes. */
export function SizeSample({ band }: { readonly band: number }): JSX.Element {
  return <span class={`cell cell-sample size-${band}`} aria-hidden="true" />;
}

function Entry({
  name,
  words,
  children,
}: {
  readonly name: string;
  readonly words: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <li>
      <span class={`cell cell-sample ${name}`} aria-hidden="true">
        {children}
      </span>
      {words}
    </li>
  );
}
