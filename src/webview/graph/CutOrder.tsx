import type { JSX } from "preact";
import type { CutPreview, CutStep } from "../../session/queries/cut.js";
import { IdLink } from "../elements.js";
import { formatBytes, formatCount, text } from "../format.js";
import { holderName, stepText } from "./cuts.js";

const NAME = 120;

/** In which order objects die and code runs, and what stays. */
export function CutOrder({ preview }: { readonly preview: CutPreview }): JSX.Element {
  const { order, orderTotal, garbageBefore } = preview;
  const now = order.filter(({ when }) => when === "now");
  const later = order.filter(({ when }) => when === "collection");
  return (
    <div class="cut-order">
      <h2>Order of destruction</h2>
      {order.length < orderTotal && (
        <p class="quiet">
          The first {formatCount(order.length)} of {formatCount(orderTotal)} steps.
        </p>
      )}
      <Steps title="At once" steps={now} start={1} />
      <Steps title="By the next collection" steps={later} start={now.length + 1} />
      {garbageBefore.objects > 0 && (
        <p class="quiet">What was garbage already goes with the next collection too, and is not listed.</p>
      )}
      {orderTotal === 0 && <p>Nothing dies.</p>}
      <Survivors preview={preview} />
    </div>
  );
}

function Steps({
  title,
  steps,
  start,
}: {
  readonly title: string;
  readonly steps: readonly CutStep[];
  readonly start: number;
}): JSX.Element | null {
  if (steps.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ol class="cut-steps" start={start}>
        {steps.map((step, i) => (
          <li key={i}>
            {text(step.name, NAME)} <IdLink id={step.id} /> {stepText(step)}
            {step.kind === "dies" && <span class="quiet">, {formatBytes(step.bytes)}</span>}
          </li>
        ))}
      </ol>
    </>
  );
}

function Survivors({ preview }: { readonly preview: CutPreview }): JSX.Element | null {
  const { survivors, survivorsTotal } = preview;
  if (survivors.length === 0) return null;
  return (
    <>
      <h3>What stays</h3>
      {survivors.length < survivorsTotal && (
        <p class="quiet">
          The first {formatCount(survivors.length)} of {formatCount(survivorsTotal)}.
        </p>
      )}
      <ul class="cut-steps">
        {survivors.map(({ id, name, holder }) => (
          <li key={id}>
            {text(name, NAME)} <IdLink id={id} /> held by {text(holderName(holder), NAME)}
            {holder && (
              <>
                {" "}
                <IdLink id={holder.id} />
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
