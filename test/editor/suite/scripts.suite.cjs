const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { dirname, join } = require("node:path");
const { buildSync } = require("esbuild");
const vscode = require("vscode");
const { closeAll, fileUri, takingTheFirst, workspace } = require("./help.cjs");

const STORE = `// The store.
export function makeListener(subjectOfIt: object) {
  return () => subjectOfIt;
}
`;
const MAIN = `import { writeHeapSnapshot } from "node:v8";
import { makeListener } from "./store";
(globalThis as { kept?: unknown }).kept = [makeListener({}), makeListener];
writeHeapSnapshot(process.argv[2]);
`;
const FOLDER = "$" + "{workspaceFolder}";

describe("going to the source of scripts", () => {
  const snapshot = fileUri("scripts.heapsnapshot");
  let elsewhere;
  let script;
  let original;
  /** V8's place of makeListener. */
  let place;

  const goTo = (location) => vscode.commands.executeCommand("ouroboros.goToSource", location);
  const shownFile = () => vscode.window.activeTextEditor?.document.uri.fsPath;
  const shownText = () => {
    const { document, selection } = vscode.window.activeTextEditor;
    return document.getText(selection);
  };
  const inWorkspace = (...path) => join(workspace, ...path);
  const setMappings = (value) =>
    vscode.workspace.getConfiguration("ouroboros").update("pathMappings", value, vscode.ConfigurationTarget.Workspace);

  function put(file, text) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  before(() => {
    elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "ouroboros-scripts-")));
    original = join(elsewhere, "code", "store.ts");
    script = join(elsewhere, "out", "app.cjs");
    put(original, STORE);
    put(join(elsewhere, "code", "main.ts"), MAIN);
    const options = { bundle: true, minify: true, sourcemap: true, platform: "node", format: "cjs" };
    buildSync({ entryPoints: [join(elsewhere, "code", "main.ts")], outfile: script, ...options });
    execFileSync("node", [script, snapshot.fsPath], { stdio: "ignore" });
    const [found, name] = /function (\w+)(?=\(\w+\)\{return\(\)=>)/.exec(readFileSync(script, "utf8"));
    const column = readFileSync(script, "utf8").split("\n")[0].indexOf(found) + found.length + 1;
    place = { file: script, line: 1, column, name };
  });

  beforeEach(async () => {
    await closeAll();
    put(original, STORE);
    for (const name of ["code", "public", "lib"]) rmSync(inWorkspace(name), { recursive: true, force: true });
    await vscode.commands.executeCommand("ouroboros.openSnapshot", snapshot);
  });

  after(async () => {
    await setMappings(undefined);
    await closeAll();
    rmSync(elsewhere, { recursive: true, force: true });
    rmSync(snapshot.fsPath, { force: true });
  });

  it("opens the original by the source map", async () => {
    assert.equal(await goTo(place), "");
    assert.equal(shownFile(), original);
    assert.equal(shownText(), "export function makeListener(subjectOfIt: object) {");
  });

  it("finds the original in the workspace, and says if it has changed", async () => {
    rmSync(original);
    put(inWorkspace("code", "store.ts"), STORE);
    assert.equal(await goTo(place), `Opened code/store.ts for ${original}.`);
    assert.equal(shownFile(), inWorkspace("code", "store.ts"));
    put(inWorkspace("code", "store.ts"), `${STORE}// more\n`);
    assert.match(await goTo(place), /store\.ts has changed since the snapshot was taken; line 2 may be off/);
  });

  it("shows the script where the original is nowhere, at the column", async () => {
    rmSync(original);
    const told = await goTo(place);
    assert.equal(told, `${original} was not found; this is the script that was made from it.`);
    assert.equal(shownFile(), script);
    assert.equal(vscode.window.activeTextEditor.selection.active.line, 0);
  });

  it("finds scripts of a server by the end of their path or by mappings, and follows their source maps", async () => {
    const url = { ...place, file: "http://localhost:3000/js/app.cjs?v=1#x" };
    put(inWorkspace("public", "js", "app.cjs"), readFileSync(script, "utf8"));
    const map = JSON.parse(readFileSync(`${script}.map`, "utf8"));
    map.sources = map.sources.map((name) => name.replace(/.*\//, "webpack://app/./code/"));
    put(inWorkspace("public", "js", "app.cjs.map"), JSON.stringify(map));
    put(inWorkspace("code", "store.ts"), STORE);
    await goTo(url);
    assert.equal(shownFile(), inWorkspace("code", "store.ts"));
    assert.equal(shownText(), "export function makeListener(subjectOfIt: object) {");
    rmSync(inWorkspace("public"), { recursive: true });
    // It would be found above the served folder.
    rmSync(original);
    assert.match(await goTo(url), /^app\.cjs was not found/);
    await setMappings({ "http://localhost:3000/": join(elsewhere, "served"), "webpack://app/": `${FOLDER}/lib` });
    try {
      put(join(elsewhere, "served", "js", "app.cjs"), readFileSync(script, "utf8"));
      put(join(elsewhere, "served", "js", "app.cjs.map"), JSON.stringify(map));
      renameSync(inWorkspace("code"), inWorkspace("lib"));
      mkdirSync(inWorkspace("lib", "code"));
      renameSync(inWorkspace("lib", "store.ts"), inWorkspace("lib", "code", "store.ts"));
      await goTo(url);
      assert.equal(shownFile(), inWorkspace("lib", "code", "store.ts"));
    } finally {
      await setMappings(undefined);
    }
  });

  it("says why a source map was not followed", async () => {
    const bare = join(elsewhere, "bare", "app.cjs");
    put(bare, readFileSync(script, "utf8"));
    const told = await goTo({ ...place, file: bare });
    assert.match(told, /^This is not the original source: the source map of .* is not on this computer/);
    assert.equal(shownFile(), bare);
  });

  it("searches the workspace for a function whose file is nowhere", async () => {
    put(inWorkspace("lib", "node_modules", "x", "index.js"), "function renderPage() {}\n");
    put(
      inWorkspace("lib", "page.jsx"),
      "// function renderPage\nrenderPage();\nexport const renderPage = (page) => page;\n",
    );
    put(inWorkspace("lib", "zoo.mjs"), "class Zoo {\n  renderPage(a, b) {\n  }\n}\n");
    for (const file of ["/no/such/bundle.js", "https://example.com/bundle.js", "evalmachine.<anonymous>"]) {
      await closeAll();
      await vscode.commands.executeCommand("ouroboros.openSnapshot", snapshot);
      const place = { file, line: 1, column: 7, name: "get renderPage" };
      await takingTheFirst("ouroboros.goToSource", place);
      assert.equal(shownFile(), inWorkspace("lib", "page.jsx"), file);
      assert.equal(shownText(), "export const renderPage = (page) => page;");
    }
    assert.match(
      await goTo({ file: "/no/such/bundle.js", line: 1, name: "noSuchFunction" }),
      /^bundle\.js was not found/,
    );
  });

  it("says that Node's own code, and code that was evaluated, has no file", async () => {
    const told = await goTo({ file: "node:internal/timers", line: 3, name: "listOnTimeout" });
    assert.equal(told, "node:internal/timers is part of Node.js; there is no file to show.");
    assert.match(await goTo({ file: "[eval]", line: 1, name: "" }), /made while the program ran/);
  });
});
