import { get } from "node:http";
import { type Endpoint, endpointText } from "./endpoint.js";
import { CaptureRefusedError } from "./errors.js";

/** One thing with a heap of its own behind an inspector: a Node process, a page, a worker. */
export interface Target {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly url: string;
  /** Address of its WebSocket. */
  readonly address: string;
}

const ANSWER_MS = 10_000;
const LIST_LIMIT = 1 << 22;
/** What is meant where nothing is said, though service workers and extensions are listed beside it. */
const CHOSEN_TYPES: ReadonlySet<string> = new Set(["node", "page"]);

/**
 * Asks an inspector for its targets.
 * @param timeout milliseconds to wait for the answer
 * @throws CaptureRefusedError where nothing listens, or what listens is no inspector
 */
export async function listTargets(endpoint: Endpoint, timeout = ANSWER_MS): Promise<readonly Target[]> {
  const where = endpointText(endpoint);
  let list: unknown;
  try {
    list = JSON.parse(await fetchText(endpoint, "/json/list", timeout));
    if (!Array.isArray(list)) throw new TypeError("that is no list");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ECONNREFUSED" ? "nothing listens there" : `what listens there is no inspector: ${message}`;
    throw new CaptureRefusedError(
      `no inspector at ${where}: ${reason}; start the program with node --inspect or the browser with --remote-debugging-port`,
      { cause: error },
    );
  }
  return list.flatMap((entry) => readTarget(entry, where));
}

/** Only the path is taken from what the inspector says, so that it can't send us elsewhere. */
function readTarget(entry: unknown, where: string): readonly Target[] {
  const fields = (entry ?? {}) as Record<string, unknown>;
  const text = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  const [, path] = /^ws:\/\/[^/]+(\/.*)$/.exec(text("webSocketDebuggerUrl")) ?? [];
  if (path === undefined) return [];
  return [
    { id: text("id"), type: text("type"), title: text("title"), url: text("url"), address: `ws://${where}${path}` },
  ];
}

/**
 * The target with this id, else the only Node process or page, else the only target.
 * @throws CaptureRefusedError where that leaves none or several; it lists them
 */
export function chooseTarget(targets: readonly Target[], id?: string): Target {
  const usual = targets.filter(({ type }) => CHOSEN_TYPES.has(type));
  const fitting = id === undefined ? (usual.length > 0 ? usual : targets) : targets.filter((each) => each.id === id);
  if (fitting.length === 1) return fitting[0];
  if (targets.length === 0) {
    throw new CaptureRefusedError("the inspector has no target that can be connected to; open a page first");
  }
  const reason = id === undefined ? "the inspector has several targets" : `the inspector has no target ${id}`;
  const names = targets.map((target) => `${target.id} (${target.type}: ${target.title || target.url})`);
  throw new CaptureRefusedError(`${reason}; choose with --target ID: ${names.join(", ")}`);
}

function fetchText({ host, port }: Endpoint, path: string, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent: false, signal: AbortSignal.timeout(timeout) }, (response) => {
      const pieces: Buffer[] = [];
      let size = 0;
      response.on("data", (piece: Buffer) => {
        pieces.push(piece);
        size += piece.length;
        if (size > LIST_LIMIT) request.destroy(new Error("its list of targets has no end"));
      });
      response.on("end", () => resolve(Buffer.concat(pieces).toString()));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
