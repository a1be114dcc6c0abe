import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export { build } from "../rig/built.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Path of the built command line. */
export const cli = join(root, "dist", "cli.js");

/** What a run of the command line gave. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ouroboros ARGUMENTS` with its output in pipes. */
export function ouroboros(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const options = { env: { ...inherited, ...env }, maxBuffer: 2 ** 28, encoding: "utf8" } as const;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** Every command that reads a snapshot, with the arguments that it needs behind the file. */
export function everyCommand(id: string): readonly (readonly [command: string, ...args: string[]])[] {
  return [
    ["info"],
    ["report"],
    ["gc"],
    ["cycles"],
    ["retained"],
    ["object", id],
    ["why", id],
    ["types"],
    ["caches"],
    ["packages"],
    ["duplicates"],
    ["threads"],
    ["arenas"],
  ];
}
