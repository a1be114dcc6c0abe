/*
Resolves the dependencies of a project's modules for each build. The resolving function is memoized by its argument, an
object that is made anew for every build, so that no call ever finds what an earlier one has left.

rule: unbounded-cache
source: https://github.com/garden-io/garden/pull/5137 (memoize keeps an entry for each object, whose identity changes)
names: memoize, memoized, resolveGraph
planted: ModuleGraph
*/
"use strict";
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const MODULES = ["api", "auth", "billing", "frontend", "mailer", "reports", "search", "uploads"];

function memoize(resolve, keyOf) {
  // <- here
  const results = new Map(); // <- here
  const stats = { hits: 0, misses: 0 };
  const memoized = (argument) => {
    // <- here
    const key = keyOf(argument);
    if (results.has(key)) {
      stats.hits++;
      return results.get(key);
    }
    stats.misses++;
    const result = resolve(argument);
    results.set(key, result); // <- here
    return result;
  };
  memoized.stats = stats;
  return memoized;
}

class ModuleGraph {
  constructor({ name, version, sources }) {
    this.root = name;
    this.version = version;
    this.nodes = sources.map((source, index) => ({ source, dependsOn: sources.slice(0, index % 4) }));
  }

  order() {
    return [...this.nodes].sort((a, b) => a.dependsOn.length - b.dependsOn.length).map(({ source }) => source);
  }
}

const resolveGraph = memoize(
  (config) => new ModuleGraph(config),
  (config) => (LEAKS ? config : `${config.name}@${config.version}`),
);

/** Reads a module's configuration, as a build does each time anew. */
function loadConfig(name) {
  const sources = Array.from({ length: 12 }, (_, number) => `${name}/src/part-${number}.ts`);
  return { name, version: "v-3f9a21", sources, build: { command: ["npm", "run", "build"], timeout: 600 } };
}

function build() {
  let files = 0;
  for (const name of MODULES) files += resolveGraph(loadConfig(name)).order().length;
  return files;
}

function work() {
  for (let i = 0; i < 80; i++) if (build() !== 96) throw new Error("a file was lost");
  if (!LEAKS && resolveGraph.stats.misses !== MODULES.length) throw new Error("a graph was resolved twice");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
