import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { ThreadRow } from "../../session/queries/threads.js";
import { Facts, GraphButton } from "../elements.js";
import { formatBytes, formatCount, text } from "../format.js";
import { select } from "../host.js";
import { Stack } from "./Stack.js";
import { Variables } from "./Variables.js";
import { threadName, UNKNOWN } from "./words.js";

/** All about one thread: where it is, and what its stack keeps. */
export function ThreadPane({ thread }: { readonly thread: ThreadRow }): JSX.Element {
  const { node, id, name, daemon, retained, framesTotal } = thread;
  const heading = useId();
  useEffect(() => select(node), [node]);
  return (
    <section class="pane thread-pane" aria-labelledby={heading}>
      <h2 id={heading}>{text(threadName(thread))}</h2>
      <Facts
        facts={[
          ["Name", name === null ? UNKNOWN : text(name)],
          ["Ident", id === null ? UNKNOWN : String(id)],
          ["Daemon", daemon === undefined ? UNKNOWN : daemon ? "yes" : "no"],
          ["Functions", `${formatCount(framesTotal)} on its stack`],
          ["Keeps", `${formatBytes(retained)} that nothing but its stack keeps`],
        ]}
      />
      <div class="actions">
        <GraphButton seed={{ kind: "object", id: node }} primary />
      </div>
      <Stack thread={thread} />
      <Variables thread={thread} />
    </section>
  );
}
