const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const { writeFileSync, rmSync } = require("node:fs");
const vscode = require("vscode");
const { activeSnapshot, closeAll, fileUri, until } = require("./help.cjs");

const CYCLES = 300;
const SOURCE = `import gc

gc.disable()


class Session(object):
    def __init__(self, owner):
        self.owner = owner
        owner.session = self


class Owner(object):
    def __init__(self):
        self.session = None


PAGES = {}


class Page(object):
    def __init__(self, number):
        self.body = "page %d" % number * 100


for number in range(${CYCLES}):
    Session(Owner())
    PAGES[number] = Page(number)
`;

describe("what is found, in the editor", () => {
  const source = fileUri("leaking.py");
  const snapshot = fileUri("leaking.pyheapsnapshot");
  const lineOf = (text) => SOURCE.split("\n").findIndex((line) => line.startsWith(text));
  const open = () => vscode.commands.executeCommand("ouroboros.openSnapshot", snapshot);
  const problems = () => vscode.languages.getDiagnostics(source).filter((entry) => entry.source === "Ouroboros");
  const found = () => until(() => problems().length > 0 && problems());
  const lenses = async () => {
    await vscode.workspace.openTextDocument(source);
    const all = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", source);
    return (all ?? []).map(({ range, command }) => [range.start.line, command?.title, command]);
  };

  before(() => {
    const { extensionUri } = vscode.extensions.getExtension("ouroboros.ouroboros");
    const agent = vscode.Uri.joinPath(extensionUri, "dist", "ouroboros_capture.py").fsPath;
    writeFileSync(source.fsPath, SOURCE);
    execFileSync("python3", [agent, "-o", snapshot.fsPath, source.fsPath], { stdio: "ignore" });
  });

  beforeEach(closeAll);
  after(async () => {
    await closeAll();
    for (const { fsPath } of [source, snapshot]) rmSync(fsPath, { force: true });
  });

  it("stands in the Problems list at its line, with the lines along the evidence", async () => {
    await open();
    const all = await found();
    const cycle = all.find(({ code }) => code === "object-cycle");
    assert.match(cycle.message, new RegExp(`${CYCLES} cycles`));
    assert.equal(cycle.severity, vscode.DiagnosticSeverity.Error);
    assert.ok([lineOf("class Session"), lineOf("class Owner")].includes(cycle.range.start.line));
    const related = cycle.relatedInformation;
    assert.ok(related.length >= 2, "both classes");
    assert.ok(related.every(({ location }) => location.uri.fsPath === source.fsPath));
    assert.ok(related.some(({ message }) => /Owner/.test(message)));
    const cache = all.find(({ code }) => code === "unbounded-cache");
    assert.equal(cache.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(cache.range.start.line, lineOf("PAGES"));
  });

  it("is gone from there when the snapshot is closed", async () => {
    await open();
    await found();
    await closeAll();
    await until(() => problems().length === 0);
  });

  it("offers to show it in the leak graph, and to copy what to do", async () => {
    await open();
    const cycle = (await found()).find(({ code }) => code === "object-cycle");
    await vscode.workspace.openTextDocument(source);
    const actions = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", source, cycle.range);
    const named = (title) => actions.find((action) => action.title === title).command;
    await vscode.env.clipboard.writeText("before");
    const copy = named("Copy fix");
    await vscode.commands.executeCommand(copy.command, ...copy.arguments);
    assert.match(await vscode.env.clipboard.readText(), /weak|None/);
    await vscode.window.showTextDocument(source);
    const show = named("Show in leak graph");
    await vscode.commands.executeCommand(show.command, ...show.arguments);
    await until(() => activeSnapshot()?.uri.toString() === snapshot.toString());
  });

  it("tells above a class how many of its objects are alive, unless the setting says no", async () => {
    await open();
    await found();
    const all = await until(async () => {
      const shown = await lenses();
      return shown.length > 0 && shown;
    });
    const at = (text) => all.find(([line]) => line === lineOf(text))[1];
    assert.match(at("class Page"), new RegExp(`^${CYCLES} alive · \\d.* kB$`));
    assert.match(at("class Session"), new RegExp(`^0 alive, ${CYCLES} garbage · `));
    const [, , command] = all.find(([line]) => line === lineOf("class Page"));
    await vscode.commands.executeCommand(command.command, ...command.arguments);
    await until(() => activeSnapshot()?.uri.toString() === snapshot.toString());
    const settings = vscode.workspace.getConfiguration("ouroboros");
    await settings.update("codeLens", false, vscode.ConfigurationTarget.Workspace);
    try {
      assert.deepEqual(await lenses(), []);
    } finally {
      await settings.update("codeLens", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it("shows the list of findings", async () => {
    await open();
    await vscode.commands.executeCommand("ouroboros.findings.focus");
  });

  it("finds caches in the open snapshot", async () => {
    await open();
    await vscode.commands.executeCommand("ouroboros.findCaches");
    await until(() => activeSnapshot()?.uri.toString() === snapshot.toString());
  });

  it("compares the snapshots that were chosen, in the editor of the newest", async () => {
    const demo = fileUri("demo.pyheapsnapshot");
    await vscode.commands.executeCommand("ouroboros.compareSnapshots", demo, [demo, snapshot]);
    await until(() => activeSnapshot()?.uri.toString() === snapshot.toString());
  });
});
