import type { JSX } from "preact";
import type { ReportedFinding } from "../../session/queries/report.js";
import { GraphButton, Path, SourceButton } from "../elements.js";
import { formatBytes, plural, text } from "../format.js";
import { ErrorIcon, InfoIcon, WarningIcon } from "../icons.js";

const LONG_PATH = 5;
const TEXT = 2000;

const SEVERITIES: Readonly<Record<string, { readonly word: string; readonly icon: () => JSX.Element }>> = {
  error: { word: "Error", icon: ErrorIcon },
  warning: { word: "Warning", icon: WarningIcon },
  info: { word: "Info", icon: InfoIcon },
};

/** One finding: what, why, what to do, and where to look. */
export function FindingCard({
  finding,
  index,
}: {
  readonly finding: ReportedFinding;
  /** Position in the report. */
  readonly index: number;
}): JSX.Element {
  const { word, icon: Icon } = SEVERITIES[finding.severity] ?? SEVERITIES.info;
  const title = `finding-${index}`;
  return (
    <article class={`card ${word.toLowerCase()}`} aria-labelledby={title}>
      <p class="card-line">
        <span class="severity">
          <Icon /> {word}
        </span>
        <span class="quiet">{text(finding.rule)}</span>
        <span class="card-bytes">{formatBytes(finding.bytes)}</span>
      </p>
      <h3 id={title}>{text(finding.title, TEXT)}</h3>
      <p>{text(finding.why, TEXT)}</p>
      {finding.path.length > 1 && <Evidence finding={finding} />}
      {finding.fix !== undefined && (
        <p>
          <strong>What to do:</strong> {text(finding.fix, TEXT)}
        </p>
      )}
      <div class="actions">
        <GraphButton seed={{ kind: "finding", finding: index }} primary={finding.severity !== "info"} />
        {finding.location && <SourceButton location={finding.location} />}
      </div>
    </article>
  );
}

function Evidence({ finding }: { readonly finding: ReportedFinding }): JSX.Element {
  const path = <Path steps={finding.path} />;
  if (finding.path.length <= LONG_PATH) return path;
  return (
    <details>
      <summary>Evidence: a path of {plural(finding.path.length - 1, "reference")}</summary>
      {path}
    </details>
  );
}
