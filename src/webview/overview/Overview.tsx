import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Report, ReportedFinding } from "../../session/queries/report.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { text } from "../format.js";
import { ask, copy, navigate, notice, phase } from "../host.js";
import { CopyIcon } from "../icons.js";
import { FindingCard } from "./FindingCard.js";
import { HeapFacts } from "./HeapFacts.js";

// A heap can have thousands of live cycles, each a finding; nobody reads more at a time.
const SHOWN_AT_ONCE = 50;

/** What this heap is, at once, and what leaks in it, as soon as that is known. */
export function Overview(): JSX.Element {
  const report = useAnswer("report", {});
  const state = phase.value;
  return (
    <div class="overview">
      <h1 tabIndex={-1} class="overview-heading">
        Overview
      </h1>
      {state.kind === "opened" && <HeapFacts info={state.info} />}
      <section class="findings" aria-labelledby="findings">
        <div class="heading-line">
          <h2 id="findings">Findings</h2>
          {report.state.value.kind === "answer" && <CopyReport />}
        </div>
        <Answered asked={report} doing="Looking for leaks">
          {(answer) => <Findings report={answer} />}
        </Answered>
      </section>
    </div>
  );
}

function Findings({ report }: { readonly report: Report }): JSX.Element {
  const numbered = report.findings.map((finding, index) => ({ finding, index }));
  const leaks = numbered.filter(({ finding }) => finding.severity !== "info");
  const others = numbered.filter(({ finding }) => finding.severity === "info");
  return (
    <>
      {leaks.length === 0 && <NothingFound />}
      <Cards numbered={leaks} />
      {others.length > 0 && <WorthKnowing numbered={others} />}
    </>
  );
}

function NothingFound(): JSX.Element {
  return (
    <p class="empty-state">
      None of the rules finds a leak.{" "}
      <button type="button" class="link" onClick={() => navigate({ view: "types" })}>
        Types
      </button>{" "}
      shows what takes the most memory,{" "}
      <button type="button" class="link" onClick={() => navigate({ view: "cycles" })}>
        Cycles
      </button>{" "}
      which objects refer to each other.
    </p>
  );
}

interface Numbered {
  readonly finding: ReportedFinding;
  /** Position in the report. */
  readonly index: number;
}

function WorthKnowing({ numbered }: { readonly numbered: readonly Numbered[] }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details class="worth-knowing" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>Worth knowing ({numbered.length})</h3>
      </summary>
      <p class="quiet">No leaks by themselves: cycles in use, and single ones of libraries.</p>
      {open && <Cards numbered={numbered} />}
    </details>
  );
}

function Cards({ numbered }: { readonly numbered: readonly Numbered[] }): JSX.Element {
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  return (
    <>
      {numbered.slice(0, limit).map(({ finding, index }) => (
        <FindingCard key={index} finding={finding} index={index} />
      ))}
      {numbered.length > limit && (
        <button type="button" class="button" onClick={() => setLimit(limit + SHOWN_AT_ONCE)}>
          Show {Math.min(SHOWN_AT_ONCE, numbered.length - limit)} more of {numbered.length}
        </button>
      )}
    </>
  );
}

function CopyReport(): JSX.Element {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      copy(await ask("reportText", {}));
    } catch (error) {
      notice.value = text((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" class="button" disabled={busy} onClick={() => void run()}>
      <CopyIcon /> Copy report
    </button>
  );
}
