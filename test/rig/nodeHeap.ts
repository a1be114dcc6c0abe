import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Session } from "../../src/session/Session.js";

const run = promisify(execFile);

/** A program that was run, and its open snapshots. */
export interface NodeRun {
  readonly sessions: readonly Session[];
  /** Where the program stands. */
  readonly file: string;
  /** What it printed. */
  readonly output: string;
  readonly remove: () => void;
}

/**
 * Runs a program under a Node and opens the snapshots that it takes: `snapshot()` takes one.
 * @param name of the file, whose ending says how it is run
 * @param numbers whether the snapshots tell the values of numbers, as those of `ouroboros capture` do
 * @throws Error where the program fails
 */
export async function runNode(
  program: string,
  {
    name = "program.cjs",
    node = process.execPath,
    numbers = false,
  }: { readonly name?: string; readonly node?: string; readonly numbers?: boolean } = {},
): Promise<NodeRun> {
  const folder = mkdtempSync(join(tmpdir(), "ouroboros-node-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const file = join(folder, name);
    const taking = join(folder, "snapshot.cjs");
    writeFileSync(file, program);
    writeFileSync(
      taking,
      `let count = 0;
globalThis.snapshot = () => require("node:v8").writeHeapSnapshot(${JSON.stringify(folder)} + "/" + count++ + ".heapsnapshot", { exposeNumericValues: ${numbers} });
process.on("exit", () => process.stderr.write(String(count)));`,
    );
    const { stdout, stderr } = await run(node, ["--no-warnings", "--require", taking, file]);
    const sessions: Session[] = [];
    for (let i = 0; i < Number(stderr); i++) sessions.push(await Session.open(join(folder, `${i}.heapsnapshot`)));
    return { sessions, file, output: stdout, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
