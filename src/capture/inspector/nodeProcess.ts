import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CaptureFailedError, CaptureRefusedError } from "./errors.js";
import { InspectorConnection } from "./InspectorConnection.js";
import { type ListeningPorts, listeningPorts, nodeArguments, processFacts, type ProcessFacts } from "./procfs.js";
import { listTargets } from "./targets.js";

const DEFAULT_PORT = 9229;
const OPENING_MS = 10_000;
const POLL_MS = 50;
const ANSWER_MS = 10_000;
// Ports of the program's own may be asked, which need not speak HTTP.
const PROBE_MS = 2_000;

/** A connection to a process, and whether its inspector is open because of us. */
export interface Attached {
  readonly connection: InspectorConnection;
  readonly port: number;
  readonly opened: boolean;
}

/**
 * Connects to the inspector of a running Node process, which is opened with SIGUSR1 where it is not open yet. Before
 * anything is sent it is made sure that the process is a Node, since the signal ends others, and before the
 * connection is used that it leads to this very process.
 * @throws CaptureRefusedError for a process that can't be captured; CaptureFailedError where its inspector does not open
 */
export async function attachToNode(pid: number): Promise<Attached> {
  const facts = await checkedFacts(pid);
  const before = await portsOf(pid);
  const told = await toldPorts(pid);
  const open = await firstAttached(
    [...told, DEFAULT_PORT].filter((port) => before.own.has(port)),
    facts,
  );
  if (open) return open;
  const expected = told.at(-1) ?? DEFAULT_PORT;
  const taken = expected !== 0 && before.others.has(expected) && !before.own.has(expected);
  if (!taken) {
    if (!facts.catchesSigusr1) {
      throw new CaptureRefusedError(
        `process ${pid} does not open its inspector on SIGUSR1 (was it started with --disable-sigusr1?); ` +
          "start it with --inspect and use --inspect HOST:PORT, or under capture --node",
      );
    }
    const opened = await openInspector(pid, facts, before.own);
    if (opened) return opened;
  }
  // The program itself may have opened it, at a port that its arguments do not tell.
  const elsewhere = await firstAttached([...before.own], facts);
  if (elsewhere) return elsewhere;
  if (taken) {
    throw new CaptureRefusedError(
      `port ${expected}, where process ${pid} would open its inspector, is taken by another process; ` +
        "end that one, or start the program with --inspect-port=0 or under capture --node",
    );
  }
  throw new CaptureFailedError(
    `the inspector of process ${pid} did not open: the program does something else with SIGUSR1, or its port was ` +
      "taken meanwhile; start it with --inspect=0 or under capture --node",
  );
}

/**
 * Closes the inspector of a process that was opened for a capture, and with it the connection.
 * @throws CaptureFailedError where it does not close
 */
export async function closeInspector({ connection, port }: Attached): Promise<void> {
  // Not in a later turn: close() waits there for connections to end, and the program with it.
  const expression = 'require("inspector").close()';
  // Where it works the connection mostly ends before the answer comes.
  const failed = await connection.send("Runtime.evaluate", { expression, includeCommandLineAPI: true }).then(
    ({ exceptionDetails }) => exceptionDetails !== undefined,
    () => false,
  );
  if (!failed && (await Promise.race([connection.closed.then(() => true), sleep(ANSWER_MS, false, { ref: false })]))) {
    return;
  }
  throw new CaptureFailedError(`the inspector stays open on port ${port}: the program did not let it be closed`);
}

async function checkedFacts(pid: number): Promise<ProcessFacts> {
  if (!existsSync("/proc/self/exe")) {
    throw new CaptureRefusedError(
      "--pid needs Linux's /proc to see that the process is a Node, as the signal would end another; " +
        `make sure of that, open its inspector with kill -USR1 ${pid}, and use --inspect 127.0.0.1:${DEFAULT_PORT}`,
    );
  }
  let facts: ProcessFacts;
  try {
    facts = await processFacts(pid);
  } catch (error) {
    const denied = ["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
    const message = denied
      ? `process ${pid} may not be looked at; run this as the user that it belongs to`
      : `there is no process ${pid} that runs a program`;
    throw new CaptureRefusedError(message, { cause: error });
  }
  if (!facts.isNode) {
    throw new CaptureRefusedError(
      `process ${pid} runs ${facts.program}, which is not Node, and was left alone; ` +
        "if Node is in it, start it with --inspect and use --inspect HOST:PORT",
    );
  }
  if (!facts.sameNetwork) {
    throw new CaptureRefusedError(
      `process ${pid} has a network of its own, as in a container, so that its inspector can't be reached from here; ` +
        "run this inside the container",
    );
  }
  return facts;
}

/** Ports that the process was told to use for its inspector. */
async function toldPorts(pid: number): Promise<readonly number[]> {
  return (await nodeArguments(pid)).flatMap((arg) => {
    const [, port] = /^--(?:inspect|inspect-brk|inspect-port|inspect-wait|debug-port)=(?:.*:)?(\d+)$/.exec(arg) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
}

async function portsOf(pid: number): Promise<ListeningPorts> {
  try {
    return await listeningPorts(pid);
  } catch (error) {
    throw new CaptureFailedError(`process ${pid} has ended`, { cause: error });
  }
}

/** Opens the inspector with the signal, and connects to the first new port that is one. */
async function openInspector(
  pid: number,
  facts: ProcessFacts,
  before: ReadonlySet<number>,
): Promise<Attached | undefined> {
  try {
    process.kill(pid, "SIGUSR1");
  } catch (error) {
    throw new CaptureFailedError(`process ${pid} can't be sent a signal: ${(error as Error).message}`);
  }
  const seen = new Set(before);
  for (const end = Date.now() + OPENING_MS; Date.now() < end; await sleep(POLL_MS)) {
    const fresh = [...(await portsOf(pid)).own].filter((port) => !seen.has(port));
    for (const port of fresh) seen.add(port);
    const attached = await firstAttached(fresh, facts);
    if (attached) return { ...attached, opened: true };
  }
  return undefined;
}

async function firstAttached(ports: readonly number[], facts: ProcessFacts): Promise<Attached | undefined> {
  for (const port of ports) {
    const connection = await connectTo(port, facts);
    if (connection) return { connection, port, opened: false };
  }
  return undefined;
}

/** A connection, if an inspector of this very process is behind the port. */
async function connectTo(port: number, { ownPid }: ProcessFacts): Promise<InspectorConnection | undefined> {
  for (const host of ["127.0.0.1", "::1"]) {
    const targets = await listTargets({ host, port }, PROBE_MS).catch(() => []);
    for (const { address } of targets.filter(({ type }) => type === "node")) {
      const connection = await InspectorConnection.open(address);
      if ((await pidBehind(connection)) === ownPid) return connection;
      connection.close();
    }
  }
  return undefined;
}

async function pidBehind(connection: InspectorConnection): Promise<unknown> {
  const question = { expression: "process.pid", returnByValue: true };
  try {
    const { result } = await connection.send("Runtime.evaluate", question, ANSWER_MS);
    return (result as { value?: unknown } | undefined)?.value;
  } catch (error) {
    connection.close();
    throw error;
  }
}
