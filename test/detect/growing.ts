import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Python } from "../rig/pythons.js";

const here = dirname(fileURLToPath(import.meta.url));
const agentFolder = join(here, "..", "..", "src", "capture", "python");
export const programs = join(here, "..", "fixtures", "growth");

/** Runs a program that writes snapshots into the folder that is its first argument; returns them in order. */
export function captureRounds(python: Python, program: string, folder: string, ...args: string[]): string[] {
  const env = { ...process.env, PYTHONPATH: agentFolder, PYTHONDONTWRITEBYTECODE: "1", PYTHONHASHSEED: "0" };
  execFileSync(python.path, [join(programs, program), folder, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  return readdirSync(folder)
    .filter((name) => name.endsWith(".pyheapsnapshot"))
    .sort()
    .map((name) => join(folder, name));
}

/** Runs something with a folder that is removed afterwards. */
export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ouroboros-growth-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder of an interpreter's C headers, or undefined where they are not installed. */
export function headersOf(python: Python): string | undefined {
  const script = "import sysconfig; print(sysconfig.get_paths()['include'])";
  const folder = execFileSync(python.path, ["-c", script], { encoding: "utf8" }).trim();
  return existsSync(join(folder, "Python.h")) ? folder : undefined;
}

/** Builds the C extension `surplus` into a folder; with `leak` its function keeps a reference at each call. */
export function buildSurplus(headers: string, folder: string, leak: boolean): void {
  const flags = ["-shared", "-fPIC", "-Wall", "-Werror", "-I", headers, ...(leak ? ["-DLEAK"] : [])];
  execFileSync("cc", [...flags, join(programs, "surplus.c"), "-o", join(folder, "surplus.so")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}
