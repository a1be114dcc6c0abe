// Bundles the entry points into dist/ and puts the capture agents beside them: `npm run build`.
import { build } from "esbuild";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));

// Bundled CommonJS packages call require() for Node's own modules, which an ES module does not have.
const requireBanner =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

/** @type {import("esbuild").BuildOptions} */
const node = {
  platform: "node",
  target: "node20",
  format: "esm",
  banner: { js: requireBanner },
  define: { OUROBOROS_VERSION: JSON.stringify(version) },
};

/** @type {readonly (import("esbuild").BuildOptions & { outfile: string, executable?: boolean })[]} */
const entries = [
  {
    ...node,
    entryPoints: ["src/cli/main.ts"],
    outfile: "dist/cli.js",
    banner: { js: `#!/usr/bin/env node\n${requireBanner}` },
    executable: true,
  },
  { ...node, entryPoints: ["src/session/analysisMain.ts"], outfile: "dist/analysis.js" },
  { ...node, entryPoints: ["src/picture/layoutWorker.ts"], outfile: "dist/layout.js" },
  // The extension host loads CommonJS; the package is of modules, so the ending tells.
  {
    platform: "node",
    target: "node20",
    format: "cjs",
    entryPoints: ["src/extension/main.ts"],
    outfile: "dist/extension.cjs",
    external: ["vscode"],
    minify: true,
  },
  {
    platform: "browser",
    target: "chrome120",
    format: "esm",
    entryPoints: ["src/webview/main.tsx"],
    outfile: "dist/webview.js",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
  },
];

const copies = ["python/ouroboros_capture.py", "python/ouroboros_pytest.py", "node/ouroboros-capture.cjs"].map(
  (path) => [`src/capture/${path}`, `dist/${path.split("/").at(-1)}`],
);

await mkdir(join(root, "dist"), { recursive: true });
const packages = new Set();
await Promise.all(
  entries.map(async ({ executable, ...options }) => {
    const { metafile } = await build({
      absWorkingDir: root,
      bundle: true,
      sourcemap: true,
      metafile: true,
      logLevel: "warning",
      ...options,
    });
    for (const input of Object.keys(metafile.inputs)) {
      const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
      if (name) packages.add(name);
    }
    if (executable) await chmod(join(root, options.outfile), 0o755);
  }),
);
// For the third-party notices, which have to name what is bundled.
await writeFile(join(root, "dist", "packages.json"), JSON.stringify([...packages].sort()));
await Promise.all(copies.map(([from, to]) => copyFile(join(root, from), join(root, to))));
