// Real snapshots, and whether each of their nodes has DevTools' numbers.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureChromium } from "../../test/editor/setup.mjs";
import { compareWithDevTools } from "../../test/formats/compareDevTools.js";
import { snapshotOfPage } from "../../test/formats/pageSnapshot.js";
import { ensureV8Peers, type V8Peers } from "../../test/rig/v8Peers.mjs";
import type { Row } from "../editor/editor.js";
import { HOME } from "./heaps.js";

const NPM_FLAGS = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--loglevel=error"];
const PACKAGES = ["rollup@4.68.8", "d3@7.9.2", "express@5.3.0"];
const PROGRAMS = join("bench", "v8", "programs");

/** A program whose heap is compared. */
interface Subject {
  readonly name: string;
  /** Writes the snapshot; or tells why that can't be done here. */
  readonly write: (snapshot: string) => Promise<string | undefined> | undefined;
}

/** The table's rows: for each snapshot its size, and in how many nodes it differs from DevTools. */
export async function equalityRows(folder: string): Promise<Row[]> {
  const peers = await ensureV8Peers();
  ensurePrograms();
  const rows: Row[] = [];
  for (const { name, write } of subjectsOf(peers)) {
    const snapshot = join(folder, "subject.heapsnapshot");
    process.stderr.write(`${name} …\n`);
    const why = await write(snapshot);
    if (why !== undefined) {
      rows.push([name, why, "", undefined]);
      continue;
    }
    const { nodes, edges, differences, examples } = await compareWithDevTools(snapshot, peers);
    for (const example of examples) process.stderr.write(`${name}: ${example}\n`);
    const size = `${(statSync(snapshot).size / 1e6).toFixed(0)} MB, ${nodes} nodes, ${edges} edges`;
    const counted = Object.entries(differences).map(([column, count]) => `${column} ${count}`);
    rows.push([`${name}: ${size}; differences`, counted.join(", "), "0", examples.length === 0]);
    rmSync(snapshot);
  }
  return rows;
}

function subjectsOf(peers: V8Peers): readonly Subject[] {
  const own = { node: process.execPath, version: `Node ${process.versions.node}` };
  const of = (name: string) => ({ node: peers.nodes[name], version: versionOf(peers.nodes[name]) });
  const run = (what: string, script: string, { node, version }: typeof own): Subject => ({
    name: `${what}, ${version}`,
    write: (snapshot) => {
      execFileSync(node, [join(PROGRAMS, script), snapshot], { stdio: ["ignore", "ignore", "inherit"] });
      return undefined;
    },
  });
  return [
    run("A bundler (rollup)", "bundler.mjs", of("node22")),
    run("A bundler (rollup)", "bundler.mjs", of("node24")),
    // Node 20 takes minutes to write the snapshots of the other two.
    run("A web server (express)", "server.cjs", own),
    run("A web server (express)", "server.cjs", of("node24")),
    run("A parser over big input (TypeScript)", "parser.cjs", of("node22")),
    { name: "A page with detached nodes, Chromium", write: writePage },
  ];
}

async function writePage(snapshot: string): Promise<string | undefined> {
  const chromium = ensureChromium();
  if (chromium === undefined) return "not compared: no Chromium, Chrome or Edge was found";
  await snapshotOfPage(chromium, readFileSync(join(PROGRAMS, "page.html"), "utf8"), snapshot);
  return undefined;
}

function versionOf(node: string): string {
  return `Node ${execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1)}`;
}

/** Fetches what the programs are made of, once. */
function ensurePrograms(): void {
  const home = join(HOME, "programs");
  const stamp = join(home, `.ok-${PACKAGES.join("-").replaceAll(/[@/]/g, "_")}`);
  if (existsSync(stamp)) return;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "private": true, "name": "v8-programs" }\n');
  execFileSync("npm", ["install", ...NPM_FLAGS, ...PACKAGES], { cwd: home, stdio: ["ignore", "ignore", "inherit"] });
  writeFileSync(stamp, "");
}
