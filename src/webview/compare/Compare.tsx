import type { ComponentChildren, JSX } from "preact";
import { AGGREGATES } from "../../detect/growth/aggregate.js";
import type { Comparison } from "../../session/queries/comparison.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { formatCount, text } from "../format.js";
import { chooseCompared, compared } from "../host.js";
import { WarningIcon } from "../icons.js";
import { Growth } from "./Growth.js";
import { Snapshots } from "./Snapshots.js";

/** What grows from snapshot to snapshot of one process. */
export function Compare(): JSX.Element {
  const { files, canChoose } = compared.value;
  return (
    <div class="split-view">
      <div class="heading-line">
        <h1 tabIndex={-1}>Compare</h1>
        {files.length > 0 && canChoose && <ChooseButton />}
      </div>
      {files.length === 0 ? <NothingChosen canChoose={canChoose} /> : <Asked />}
    </div>
  );
}

function ChooseButton({ primary = false }: { readonly primary?: boolean }): JSX.Element {
  return (
    <button type="button" class={primary ? "button primary" : "button"} onClick={chooseCompared}>
      Choose snapshots…
    </button>
  );
}

function NothingChosen({ canChoose }: { readonly canChoose: boolean }): JSX.Element {
  return (
    <div class="empty-state paragraphs">
      <p>
        A leak shows by its growth. Capture the same process several times, with the same work between any two captures:
        what has more with each snapshot is listed here, with how much more each time.
      </p>
      <p>Two snapshots show a difference, three or more whether it goes on.</p>
      {canChoose ? (
        <ChooseButton primary />
      ) : (
        <p>
          Start <code class="mono">ouroboros open A B C</code> with the snapshot files to compare them.
        </p>
      )}
    </div>
  );
}

function Asked(): JSX.Element {
  const asked = useAnswer("compare", { version: compared.value.version });
  return (
    <Answered asked={asked} doing="Comparing the snapshots">
      {(answer) => <Compared answer={answer} />}
    </Answered>
  );
}

function Compared({ answer }: { readonly answer: Comparison }): JSX.Element {
  const { snapshots, notes, newestIsOpen, growing } = answer;
  if (snapshots.length < 2)
    return <p class="empty-state">Nothing but the open snapshot is chosen: it needs another.</p>;
  const isNothing = AGGREGATES.every((sort) => growing[sort] === 0);
  return (
    <>
      {notes.map((note) => (
        <Warning key={note}>{text(note, 1000)}</Warning>
      ))}
      {!newestIsOpen && (
        <Warning>
          The newest of these snapshots is not the one that is open: open {text(fileName(snapshots.at(-1)!.file), 200)}{" "}
          to see its objects and graphs.
        </Warning>
      )}
      <Snapshots snapshots={snapshots} />
      {isNothing ? (
        <p class="empty-state">Nothing grows steadily over these {formatCount(snapshots.length)} snapshots.</p>
      ) : (
        <Growth answer={answer} />
      )}
    </>
  );
}

function Warning({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <p class="warning-line">
      <WarningIcon /> <span>{children}</span>
    </p>
  );
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}
