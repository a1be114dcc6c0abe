import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { SourceLocation } from "../../src/heap/HeapGraph.js";
import { threads, type ThreadsResult } from "../../src/session/queries/threads.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder } from "../formats/realSnapshot.js";
import { pythons } from "../rig/pythons.js";
import type { CannedHost } from "./CannedHost.js";
import { type ViewOptions, type Views } from "./harness.js";

const FIXTURES = join("test", "fixtures", "threads");

export const NOTHING: ThreadsResult = { threads: [], threadLocals: [], threadLocalsTotal: 0, tasks: [] };
export const THREADS = "Threads";
export const LOCALS = "Attributes of thread-local objects";
export const TASKS = "Groups of tasks";

/** "app.py:41"; the line is not always known. */
export function at({ file, line }: SourceLocation): string {
  return [file.split("/").at(-1), ...(line > 0 ? [line] : [])].join(":");
}

/** What the analysis finds in waiting_threads.py, with the tasks of waiting_tasks.py. */
export async function realThreads(): Promise<ThreadsResult> {
  const folder = mkdtempSync(join(tmpdir(), "ouroboros-threads-"));
  const resultOf = async (program: string) => {
    const file = join(folder, `${program}.pyheapsnapshot`);
    execFileSync(pythons().at(-1)!.path, [join(FIXTURES, program), agentFolder, file], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    return threads(await Session.open(file));
  };
  try {
    const { tasks } = await resultOf("waiting_tasks.py");
    return { ...(await resultOf("waiting_threads.py")), tasks };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens the view of threads on an answer. */
export async function openThreads(view: Views, answer: ThreadsResult, options: ViewOptions = {}): Promise<CannedHost> {
  const host = await view.canned(options);
  host.answers.threads = () => answer;
  await host.open();
  await host.page.getByRole("navigation").getByRole("button", { name: "Threads" }).click();
  await host.page.getByRole("heading", { name: "Threads", exact: true }).waitFor();
  await host.page.getByRole("button", { name: /^Tasks \(/ }).waitFor();
  return host;
}

/** Chooses one of the view's lists. */
export async function chooseList(page: Page, list: RegExp): Promise<void> {
  await page.getByRole("group", { name: "List" }).getByRole("button", { name: list }).click();
}
