import { execFile } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Python } from "../rig/pythons.js";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const agentFolder = join(here, "..", "..", "src", "capture", "python");

/** Runs a script of this folder, which can import the agent, and returns the JSON that it prints. */
export async function runJson<T>(python: Python, script: string, ...args: string[]): Promise<T> {
  const { stdout } = await run(python.path, [join(here, script), ...args], {
    env: { ...process.env, PYTHONPATH: [agentFolder, here].join(delimiter), PYTHONDONTWRITEBYTECODE: "1" },
    timeout: 120_000,
  });
  return JSON.parse(stdout) as T;
}
