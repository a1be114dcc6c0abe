import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PictureSeed } from "../../picture/Picture.js";
import type { FamilyDetails, FamilySummary } from "../../session/queries/families.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Facts, GraphButton, IdLink, SourceButton } from "../elements.js";
import { formatBytes, plural, text } from "../format.js";
import { showGraph, showObject } from "../go.js";
import { select } from "../host.js";
import { storeFor } from "../graph/PictureStore.js";
import { CutIcon, GraphIcon } from "../icons.js";
import { traits } from "../traits.js";
import { useSettled } from "../useSettled.js";

const EXAMPLES_OPEN = 10;

/** All about one family: what its cycles look like, where to cut them, and which there are. */
export function FamilyPane({ summary }: { readonly summary: FamilySummary }): JSX.Element {
  const settled = useSettled<number | null>(summary.family, null);
  const seed = { kind: "family", family: summary.family, cycle: 0 } as const;
  const { garbage, counts } = traits.value;
  return (
    <section class="pane" aria-labelledby="family">
      <h2 id="family">{text(summary.name)}</h2>
      <Facts
        facts={[
          ...(garbage ? [["State", stateText(summary)] as const] : []),
          ["Cycles", `${plural(summary.count, "cycle")} of ${plural(summary.objects, "object")} each`],
          ["Size", sizeText(summary)],
        ]}
      />
      <div class="actions">
        <GraphButton seed={seed} primary />
        {counts && (
          <button type="button" class="button" onClick={() => showCuts(seed)}>
            <CutIcon /> What if I cut it?
          </button>
        )}
        {summary.location && <SourceButton location={summary.location} />}
      </div>
      {settled !== null && <Details family={settled} />}
    </section>
  );
}

function stateText({ garbage }: FamilySummary): string {
  return garbage ? "garbage: only the collector can free it" : "alive";
}

/** The graph with the suggested cuts, also where they were taken back before. */
function showCuts(seed: PictureSeed): void {
  storeFor(seed).cuts.offered = false;
  showGraph(seed, true);
}

function sizeText({ bytes, pinned }: FamilySummary): string {
  return pinned > 0 ? `${formatBytes(bytes)}, and ${formatBytes(pinned)} that only they keep` : formatBytes(bytes);
}

function Details({ family }: { readonly family: number }): JSX.Element {
  const asked = useAnswer("family", { family });
  return (
    <Answered asked={asked} doing="Looking at the cycles">
      {(details) => <Found details={details} />}
    </Answered>
  );
}

function Found({ details }: { readonly details: FamilyDetails }): JSX.Element {
  const first = details.examples[0]?.id;
  useEffect(() => {
    if (first !== undefined) select(first);
  }, [first]);
  return (
    <>
      <Cuts details={details} />
      <Edges details={details} />
      <Examples details={details} />
      <details>
        <summary>Shape</summary>
        <p class="mono anywhere">{text(details.signature, 2000)}</p>
      </details>
    </>
  );
}

function Cuts({ details }: { readonly details: FamilyDetails }): JSX.Element | null {
  if (details.cuts.length === 0 && details.noCuts === undefined) return null;
  return (
    <>
      <h3>{traits.value.counts ? "Where to cut it" : "What frees it"}</h3>
      {details.noCuts !== undefined && <p class="quiet">{text(details.noCuts, 500)}</p>}
      {details.cutsNote !== undefined && <p class="quiet">{text(details.cutsNote, 500)}</p>}
      <ul class="cuts">
        {details.cuts.map((cut, i) => (
          <li key={i}>
            {text(cut.idiom, 500)}
            {cut.code !== undefined && <div class="mono anywhere">{text(cut.code, 500)}</div>}
            <div class="quiet">{text(cut.why, 500)}</div>
            <div class="quiet anywhere">
              {text(cut.fromName, 120)} <span class="mono label">{text(cut.label, 120)}</span> → {text(cut.toName, 120)}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Edges({ details }: { readonly details: FamilyDetails }): JSX.Element {
  const { edges, edgesTotal } = details;
  return (
    <>
      <h3>References of {details.count === 1 ? "the cycle" : "one cycle"}</h3>
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Through</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {edges.map((edge, i) => (
            <tr key={i}>
              <td>
                <End name={edge.fromName} id={edge.from} />
              </td>
              <td class="mono anywhere">{text(edge.label, 120)}</td>
              <td>
                <End name={edge.toName} id={edge.to} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {edges.length < edgesTotal && (
        <p class="quiet">
          The first {edges.length} of {plural(edgesTotal, "reference")}.
        </p>
      )}
    </>
  );
}

function End({ name, id }: { readonly name: string; readonly id: string }): JSX.Element {
  return (
    <>
      <span class="anywhere">{text(name, 120)}</span> <IdLink id={id} />
    </>
  );
}

function Examples({ details }: { readonly details: FamilyDetails }): JSX.Element | null {
  const { examples, count } = details;
  if (examples.length < 2) return null;
  return (
    <details open={examples.length <= EXAMPLES_OPEN}>
      <summary>
        {examples.length < count ? `${examples.length} of ${plural(count, "cycle")}` : plural(count, "cycle")}
      </summary>
      <ol class="examples">
        {examples.map(({ id, name, cycle }) => (
          <li key={cycle}>
            <button type="button" class="link" title="Show this object" onClick={() => showObject(id)}>
              {text(name, 120)} <span class="mono">{id}</span>
            </button>{" "}
            <button
              type="button"
              class="icon-button"
              title="Show the graph of this cycle"
              aria-label={`Show the graph of cycle ${cycle + 1}`}
              onClick={() => showGraph({ kind: "family", family: details.family, cycle })}
            >
              <GraphIcon />
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}
