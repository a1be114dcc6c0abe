// Peers that are not what the required values are about: memlab and VS Code's heap parser, both from npm.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { HOME, type Size } from "./heaps.js";

const NPM_FLAGS = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--loglevel=error"];
// Above that one aborts, and the other takes minutes.
const MOST = 151;
const PEERS = [
  { name: "memlab", script: "memlab", package: "@memlab/core@2.0.5" },
  { name: "v8-heap-parser (wasm)", script: "heapParser", package: "@vscode/v8-heap-parser@0.1.0" },
];

/** A peer and the script that runs it, or why that can't be done. */
export interface OtherPeer {
  readonly name: string;
  readonly script?: string;
  readonly why?: string;
}

/** Fetches them once; none for a heap that is too large for them. */
export function otherPeers({ megabytes }: Size): readonly OtherPeer[] {
  if (megabytes > MOST) return [];
  const home = resolve(HOME, "others");
  if (!existsSync(join(home, ".ok"))) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "package.json"), '{ "private": true, "name": "other-peers" }\n');
    try {
      const env = { ...process.env, PUPPETEER_SKIP_DOWNLOAD: "1" };
      execFileSync("npm", ["install", ...NPM_FLAGS, ...PEERS.map((peer) => peer.package)], { cwd: home, env });
      writeFileSync(join(home, ".ok"), "");
    } catch (error) {
      const why = `it can't be had here: ${(error as Error).message.split("\n", 1)[0]}`;
      return PEERS.map(({ name }) => ({ name, why }));
    }
  }
  return PEERS.map(({ name, script }) => ({ name, script: join("bench", "v8", `${script}.mjs`) }));
}
