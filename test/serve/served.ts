import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { get, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { FromView, ToView } from "../../src/session/viewMessages.js";
import { cli } from "../cli/run.js";
import { temporaryFolder } from "../formats/realSnapshot.js";
import { pythons } from "../rig/pythons.js";

/** A running `ouroboros open`. */
export interface Served {
  readonly child: ChildProcess;
  /** The page's address. */
  readonly url: string;
  readonly port: number;
  /** All of stdout and stderr so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Sends a signal, waits for the end, and returns the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** Runs a program that serves, and waits until it has printed the address. */
export async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      stdout += `${line}\n`;
      const [found] = /http:\/\/[^\s"]+/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    void exited.then(([code]) => reject(new Error(`ended with ${code} before it served:\n${stdout}${stderr}`)));
  });
  return {
    child,
    url,
    port: Number(new URL(url).port),
    output: () => ({ stdout, stderr }),
    async end(signal = "SIGTERM") {
      child.kill(signal);
      const [code, by] = await exited;
      return code ?? by;
    },
  };
}

/** Runs `ouroboros open FILE --no-browser`. */
export function serveFile(file: string, ...more: string[]): Promise<Served> {
  return serve([cli, "open", file, "--no-browser", ...more]);
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with nothing added or made canonical on the way, as `fetch` would. */
export function raw(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer; host?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body, host = "127.0.0.1" } = options;
    const sent = request({ host, port, path, method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A page's connection: the events that come, and messages as the page would send them. */
export class View {
  readonly messages: ToView[] = [];
  client = "";
  /** Data of the event that ends a connection for good. */
  closed: ToView | undefined;
  /** The stream is at its end. */
  ended = false;
  readonly #url: URL;
  #stream: IncomingMessage | undefined;

  private constructor(url: string) {
    this.#url = new URL(url);
  }

  /** Opens the event stream and waits for its first event. */
  static async open(url: string): Promise<View> {
    const view = new View(url);
    const stream = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${url}events`, { agent: false }, resolve).on("error", reject);
    });
    view.#stream = stream;
    let rest = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      const events = (rest + chunk).split("\n\n");
      rest = events.pop()!;
      for (const event of events) view.#take(event);
    });
    stream.on("close", () => (view.ended = true));
    stream.on("error", () => undefined);
    await view.until(() => view.client !== "" || view.closed !== undefined);
    return view;
  }

  #take(event: string): void {
    const lines = event.split("\n").filter((line) => !line.startsWith(":"));
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = field("data");
    if (data === undefined) return;
    const kind = field("event");
    if (kind === "client") this.client = data;
    else if (kind === "closed") this.closed = JSON.parse(data) as ToView;
    else this.messages.push(JSON.parse(data) as ToView);
  }

  /** Sends a text as a message; `headers` replace the usual ones. */
  send(body: string, headers: Record<string, string> = { Origin: this.#url.origin }): Promise<Answer> {
    const path = `${this.#url.pathname}messages?client=${this.client}`;
    return raw(Number(this.#url.port), path, { method: "POST", headers, body });
  }

  post(message: FromView): Promise<Answer> {
    return this.send(JSON.stringify(message));
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.ended) throw new Error(`the stream has ended after ${JSON.stringify(this.messages).slice(0, 1000)}`);
      await sleep(10);
    }
  }

  /** Waits for a message of a kind. */
  async take<K extends ToView["kind"]>(kind: K): Promise<Extract<ToView, { kind: K }>> {
    const found = () => this.messages.find((message) => message.kind === kind);
    await this.until(() => found() !== undefined);
    return found() as Extract<ToView, { kind: K }>;
  }

  close(): void {
    this.#stream?.destroy();
  }
}

/** Ids of a process's children that have not ended. */
export function childrenOf(pid: number): number[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, state, ...args]) => Number(parent) === pid && !state.startsWith("Z") && args[0] !== "ps")
    .map(([id]) => Number(id));
}

/** True while a process has not ended; one that has, and waits to be asked for its exit code, is not running. */
export function isRunning(pid: number): boolean {
  try {
    return !execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
      .trim()
      .startsWith("Z");
  } catch {
    return false;
  }
}

/** Waits until a process has ended. */
export async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(20);
}

let demo: string | undefined;

/** A snapshot of the demo program, captured once in a run. */
export function demoSnapshot(): string {
  if (demo === undefined) {
    demo = join(temporaryFolder(), "served demo.pyheapsnapshot");
    const agent = join("src", "capture", "python", "ouroboros_capture.py");
    const program = join("test", "fixtures", "demo", "leaky_service.py");
    execFileSync(pythons().at(-1)!.path, [agent, "-o", demo, program], {
      stdio: "ignore",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
  }
  return demo;
}
