// The floors of the source tree (docs/ARCHITECTURE.md): imports run downwards only.
"use strict";

/** From the lowest floor to the highest. */
const floors = ["heap", "formats", "graph", "model", "detect", "picture", "session"];
const faces = ["extension", "webview", "cli", "serve", "mcp"];

const folder = (names) => `^src/(${names.join("|")})/`;

const upwards = floors.map((floor, i) => ({
  name: `no-upwards-${floor}`,
  comment: `${floor} may import only itself and the floors below it`,
  severity: "error",
  from: { path: folder([floor]) },
  to: { path: folder([...floors.slice(i + 1), ...faces]) },
}));

module.exports = {
  forbidden: [
    ...upwards,
    {
      name: "graph-is-pure",
      comment: "graph algorithms know nothing but the heap's columns",
      severity: "error",
      from: { path: "^src/graph/" },
      to: { pathNot: "^src/(graph|heap)/" },
    },
    {
      name: "no-vscode-below-the-faces",
      comment: "everything from heap to session runs without an editor",
      severity: "error",
      from: { path: folder([...floors, "cli", "serve", "mcp", "webview", "capture"]) },
      to: { path: "^(vscode$|node_modules/@types/vscode/)" },
    },
    {
      name: "no-io-below-picture",
      comment: "heap to detect are pure: bytes come in through a byte source",
      severity: "error",
      from: { path: folder(["heap", "formats", "graph", "model", "detect"]) },
      to: {
        dependencyTypes: ["core"],
        path: "^(node:)?(fs|net|http|https|http2|tls|dgram|dns|child_process|cluster|worker_threads|readline|repl|inspector)(/|$)",
      },
    },
    {
      name: "webview-runs-in-a-browser",
      comment: "the webview has neither Node's modules nor another face's code",
      severity: "error",
      from: { path: "^src/webview/" },
      to: { path: "^src/(extension|cli|serve|mcp)/" },
    },
    {
      name: "webview-without-node",
      severity: "error",
      from: { path: "^src/webview/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "capture-stands-beside",
      comment: "capture writes snapshots; it shares only the file format with the floors, which do not call it either",
      severity: "error",
      from: { path: "^src/capture/" },
      to: { path: folder([...floors, ...faces]) },
    },
    {
      name: "floors-do-not-capture",
      severity: "error",
      from: { path: folder(floors) },
      to: { path: "^src/capture/" },
    },
    {
      name: "no-cycles",
      comment: "type-only imports may point at each other",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-tests-in-src",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^vscode$" },
    },
    {
      name: "no-dev-dependencies",
      comment: "what the product imports is a dependency, so that it is in the notices",
      severity: "error",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["type-only"],
        pathNot: "@types",
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
