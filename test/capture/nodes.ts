import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { openHeap } from "../../src/session/open.js";
import { cli } from "../cli/run.js";
import { ensureV8Peers } from "../rig/v8Peers.mjs";

const POLL_MS = 20;

/** A class that the programs of the tests keep three instances of, with a number that is in no snapshot otherwise. */
export const KEPT = `
class Kept { constructor(i) { this.weight = 98765.25 + i; } }
globalThis.kept = [0, 1, 2].map((i) => new Kept(i));
`;

/** A Node to be captured. */
export interface NodeUnderTest {
  readonly name: string;
  path: string;
}

/** Whether other Nodes than the one that runs the tests can be fetched. */
export const CAN_FETCH = process.platform === "linux" && process.arch === "x64";

/** The Node that runs the tests, and others; their paths are known after `findNodes`. */
export const nodes: readonly NodeUnderTest[] = [
  { name: `Node ${process.versions.node}`, path: process.execPath },
  ...(CAN_FETCH
    ? [
        { name: "node22", path: "" },
        { name: "node24", path: "" },
      ]
    : []),
];

/** Fetches the Nodes that are not here yet. */
export async function findNodes(): Promise<void> {
  if (!CAN_FETCH) return;
  const found = (await ensureV8Peers()).nodes;
  for (const node of nodes) node.path ||= found[node.name];
}

/** A process of a test, with what it has printed. */
export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout: string;
  stderr: string;
  /** Its exit code and signal, when its streams have ended too. */
  readonly ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
}

const started: ChildProcess[] = [];

/** Starts a process that `stopAll` ends. */
export function start(command: string, args: readonly string[], cwd?: string): Started {
  const child = spawn(command, args, { stdio: "pipe", ...(cwd !== undefined && { cwd }) });
  started.push(child);
  const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on("error", reject).on("close", (code, signal) => resolve([code, signal]));
  });
  const result: Started = { child, pid: child.pid!, stdout: "", stderr: "", ended };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (result.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (result.stderr += text));
  return result;
}

/** Starts the command line. */
export function startCli(args: readonly string[], cwd?: string): Started {
  return start(process.execPath, [cli, ...args], cwd);
}

/** Ends what `start` has started. */
export function stopAll(): void {
  for (const child of started.splice(0)) child.kill("SIGKILL");
}

/** Waits for something to be there; the test's own limit ends it. */
export async function until<T>(what: () => T | undefined | null | false): Promise<T> {
  for (;;) {
    const found = what();
    if (found !== undefined && found !== null && found !== false) return found;
    await sleep(POLL_MS);
  }
}

/** A folder of its own for a test, with these files. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ouroboros-node-")));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** How many instances of a class a heap holds. */
export function instances(graph: HeapGraph, name: string): number {
  let count = 0;
  for (let node = 0; node < graph.nodeCount; node++) if (graph.typeName(node) === name) count++;
  return count;
}

/** Reads a snapshot, and checks that it is whole, its owner's alone, and of a program that keeps `KEPT`. */
export async function checkSnapshot(file: string): Promise<HeapGraph> {
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const graph = await openHeap(file);
  assert.equal(instances(graph, "Kept"), 3);
  const texts = Array.from({ length: graph.strings.count }, (_, i) => graph.string(i));
  assert.ok(texts.includes("98765.25"), "values of numbers are in it");
  return graph;
}

/** Names of the files of captures in a folder, whole ones and others. */
export function captures(folder: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.includes("heapsnapshot"))
        .sort()
    : [];
}
