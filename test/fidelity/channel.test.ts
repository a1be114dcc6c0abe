import assert from "node:assert/strict";
import { join } from "node:path";
import { Flag } from "../../src/heap/kinds.js";
import { findReferences } from "../../src/model/whatif/cutEdges.js";
import { Session } from "../../src/session/Session.js";
import { pythons } from "../rig/pythons.js";
import { runJson } from "./cutRuns.js";
import { withFolder } from "./run.js";

/** What really came of letting go of a tasklet (channel.py). Numbers are addresses. */
interface Received {
  readonly channel: number;
  /** What ran, in order, as kind and name. */
  readonly log: readonly string[];
  /** Tracked objects that were there before and not after. */
  readonly gone: readonly number[];
  readonly sent: string;
  readonly received: string | null;
}
interface Truth {
  /** By address. */
  readonly names: Readonly<Record<string, string>>;
  readonly careless: Received;
  readonly careful: Received;
}

/** What letting go of the channel's tasklet sets off, in the words of the program's log. */
function predict({ graph, analysis }: Session, channel: number, names: Truth["names"]) {
  const from = graph.nodeOfAddress(channel)!;
  const { id, flags } = graph.columns;
  const result = analysis.cutter.cut(findReferences(graph, { from, label: ".previous" }));
  return {
    log: result.eventsNow.map((event) => {
      const node = event.kind === "callback" ? event.weakref : event.node;
      return `${event.kind} ${names[id[node]] ?? graph.nodeName(node)}`;
    }),
    gone: Array.from(
      result.now.filter((node) => (flags[node] & Flag.tracked) !== 0),
      (node) => id[node],
    ),
    doubts: result.doubts.join("\n"),
  };
}

describe("fidelity: a weak reference's callback in the middle of a decref", () => {
  for (const python of pythons()) {
    it(`CPython ${python.name}: what runs while a string is in transit, in the real order`, () =>
      withFolder(async (folder) => {
        const { names, careless, careful } = await runJson<Truth>(python, "channel.py", folder);
        const session = await Session.open(join(folder, "channel.pyheapsnapshot"));
        for (const [name, truth] of [
          ["the tasklet", careless],
          ["the other tasklet", careful],
        ] as const) {
          const { log, gone, doubts } = predict(session, truth.channel, names);
          assert.deepEqual(log, truth.log);
          assert.deepEqual(
            gone.sort((a, b) => a - b),
            truth.gone,
          );
          // The latest weak reference is called first: in 2.7 before the finalizer, from 3 on after it.
          const callbacks = ["third", "second", "first"].map((which) => `callback ${which} watcher of ${name}`);
          const start =
            python.version[0] === 2 ? [...callbacks, `finalizer ${name}`] : [`finalizer ${name}`, ...callbacks];
          assert.deepEqual(log.slice(0, 4), start);
          assert.deepEqual(
            log.slice(4).sort(),
            [
              `close body of ${name}`,
              ...["argument", "local variable", "result", "variable of the callee", "variable of the caller"].map(
                (what) => `finalizer ${what} of ${name}`,
              ),
            ].sort(),
          );
          // All that is the program's own code, so that the outcome is not certain.
          assert.match(doubts, /3 weak reference callbacks would run code/);
          assert.match(doubts, /1 finalizer of __main__\.Tasklet would run code/);
          assert.match(doubts, /5 finalizers of __main__\.Finalized would run code/);
          assert.match(doubts, /closing 1 suspended generator .*body.* would run code of its own/);
        }
        // It does what the doubt warns of: the second watcher changed what was to be received.
        assert.equal(careless.received, null);
        assert.equal(careful.received, careful.sent);
      }));
  }
});
