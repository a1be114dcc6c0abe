// A bundler in the middle of its work: bundler.mjs OUT. rollup has read the modules of d3-scale and written
// them as one, and keeps what it made of them.
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { writeHeapSnapshot } from "node:v8";

const require = createRequire(resolve(".cache/v8-bench/programs/package.json"));
const { rollup } = require("rollup");
const modules = dirname(require.resolve("rollup/package.json")).replace(/rollup$/, "");

/** Finds packages by the name that they give their ES modules under. */
const packages = {
  name: "packages",
  resolveId(source) {
    if (/^[./]/.test(source)) return null;
    const { module, main } = require(join(modules, source, "package.json"));
    return join(modules, source, module ?? main);
  },
};
const bundle = await rollup({ input: "d3-scale", plugins: [packages] });
const { output } = await bundle.generate({ format: "iife", name: "d3", sourcemap: true });
globalThis.kept = { bundle, output };
writeHeapSnapshot(process.argv[2]);
