import type { ComponentChildren, JSX } from "preact";
import type { Fate } from "../../session/queries/cut.js";
import { arrowPaths } from "./curves.js";
import { CutMark, FateLabel, HATCH } from "./fateMarks.js";
import { traits } from "../traits.js";
import { CycleMark, PathMark, Tag } from "./marks.js";

/** What the signs of the picture mean. */
export function Legend(): JSX.Element {
  const { counts, garbage } = traits.value;
  return (
    <details class="graph-legend">
      <summary>Legend</summary>
      <dl>
        <Entry sample={<Line kind="" />}>reference: from the referrer to the referent</Entry>
        <Entry sample={<Line kind="weak" />}>
          weak reference: dotted and thin, with an open head; keeps nothing alive
        </Entry>
        <Entry sample={<Line kind="in-cycle" />}>in the cycle: dashed and heavy</Entry>
        <Entry sample={<CycleMark x={35} y={12} />}>the object is in the cycle; its border is dashed and heavy</Entry>
        <Entry sample={<Line kind="on-path" />}>
          on the path from a root: solid and heavy; two lines beside the dashes where it is in the cycle too
        </Entry>
        <Entry sample={<PathMark x={35} y={12} />}>the object is on the path</Entry>
        <Entry sample={<Words>root: …</Words>}>
          {counts
            ? "a root, and why: the interpreter itself or something outside holds it"
            : "a root, and why: the engine or the program’s global object"}
        </Entry>
        {garbage && (
          <Entry sample={<Sample kind="garbage" tag="garbage" />}>
            garbage, with a double border: no root reaches it, it waits for the collector
          </Entry>
        )}
        {counts && <CutEntries />}
        <Entry sample={<Sample kind="more" />}>stands for neighbours that are not drawn; a click draws them</Entry>
      </dl>
      {counts && (
        <p>
          In “refs 5: 2 here, 2 not drawn, 1 outside” the object has 5 references: 2 from boxes of this picture, 2 from
          other objects of the snapshot, 1 from outside of the snapshot, such as C code.
        </p>
      )}
    </details>
  );
}

function CutEntries(): JSX.Element {
  return (
    <>
      <Entry sample={<CutLine />}>cut for trial: as if the reference were not there</Entry>
      <Entry sample={<FateSample fate="now" tag="dies" />}>grey: dies at once when the cut references are gone</Entry>
      <Entry sample={<FateSample fate="collection" tag="next…" />}>
        hatched, “next collection”: the next full collection frees it
      </Entry>
      <Entry sample={<FateSample fate="stays" tag="stays: …" />}>
        stays although something that held it goes, and what holds it
      </Entry>
    </>
  );
}

function Entry({
  sample,
  children,
}: {
  readonly sample: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>
        <svg class="graph-sample" width="70" height="24" aria-hidden="true" focusable="false">
          {sample}
        </svg>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Line({ kind }: { readonly kind: string }): JSX.Element {
  const size = kind === "" ? 8 : 11;
  const head = { length: size, width: size, open: kind === "weak" };
  const { line, head: point } = arrowPaths([4, 12, 20, 12, 50, 12, 66, 12], head);
  return (
    <g class={`arrow ${kind}`}>
      <path class="line" d={line} />
      <path class="head" d={point} />
    </g>
  );
}

function CutLine(): JSX.Element {
  return (
    <>
      <g class="arrow" data-cut="">
        <path class="line" d={arrowPaths([4, 12, 20, 12, 50, 12, 66, 12], { length: 8, width: 8, open: false }).line} />
      </g>
      <CutMark x={35} y={12} />
    </>
  );
}

function Words({ children }: { readonly children: string }): JSX.Element {
  return (
    <g class="box">
      <text class="graph-text" x="35" y="16" text-anchor="middle">
        {children}
      </text>
    </g>
  );
}

function Sample({ kind, tag }: { readonly kind: string; readonly tag?: string }): JSX.Element {
  return (
    <g class={`box ${kind}`} transform="translate(3,8)">
      <rect class="plate" width="64" height="14" rx={kind === "more" ? 7 : 3} />
      {kind === "garbage" && <rect class="inner" x="3" y="3" width="58" height="8" rx="2" />}
      {tag !== undefined && <Tag text={tag} x={5} />}
    </g>
  );
}

function FateSample({ fate, tag }: { readonly fate: Fate; readonly tag: string }): JSX.Element {
  return (
    <g class="box object" transform="translate(3,1)" data-fate={fate}>
      <rect class="plate" width="64" height="14" rx="3" />
      <rect class="hatch" width="64" height="14" rx="3" fill={HATCH} />
      <FateLabel text={tag} x={3} y={8} />
    </g>
  );
}
