import * as vscode from "vscode";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { AnalysisError } from "../session/AnalysisProcess.js";
import type { OpenFinding } from "./Findings.js";
import type { FindingRow } from "./FindingsTree.js";
import { pickObject } from "./pickObject.js";
import type { SnapshotEditor } from "./SnapshotEditor.js";
import type { SnapshotView } from "./SnapshotView.js";
import { browseForSnapshot, newestFirst, pickSnapshot, pickSnapshots } from "./snapshotFiles.js";

const STATUS_MS = 4000;

/** Registers the commands that act on snapshots. */
export function registerCommands(editor: SnapshotEditor): vscode.Disposable {
  const register = <A extends unknown[]>(name: string, run: (...args: A) => unknown) =>
    vscode.commands.registerCommand(`ouroboros.${name}`, (...args) => telling(() => run(...(args as A))));
  return vscode.Disposable.from(
    register("openSnapshot", async (uri?: vscode.Uri) => {
      const chosen = uri ?? (await browseForSnapshot());
      if (chosen) await editor.open(chosen);
    }),
    register("findCycles", async (uri?: vscode.Uri) => {
      const chosen = uri ?? editor.current?.document.uri ?? (await pickSnapshot());
      if (chosen) await editor.open(chosen, { view: "cycles" });
    }),
    register("findCaches", async (uri?: vscode.Uri) => {
      const chosen = uri ?? editor.current?.document.uri ?? (await pickSnapshot());
      if (chosen) await editor.open(chosen, { view: "caches" });
    }),
    register("compareSnapshots", (uri?: vscode.Uri, chosen?: readonly vscode.Uri[]) =>
      compareSnapshots(editor, uri, chosen),
    ),
    register("showFinding", ({ document, index }: OpenFinding) =>
      editor.open(document.uri, { view: "graph", seed: { kind: "finding", finding: index } }),
    ),
    register("showFindingSource", (row: FindingRow) => showFindingSource(editor, row)),
    register("copyFix", (of: OpenFinding | FindingRow) => copyFix(of)),
    register("showObject", (uri: vscode.Uri, id: string) => editor.open(uri, { view: "object", id })),
    register("showType", (uri: vscode.Uri, type: string) => editor.open(uri, { view: "types", type })),
    register("goToObject", () => goToObject(needed(editor))),
    register("whyAlive", () => whyAlive(needed(editor))),
    register("goToSource", (place?: Partial<SourceLocation>) => goToSource(needed(editor), place)),
    register("copyReport", () => copyReport(needed(editor))),
  );
}

/** What the user should do about a command that can't do its work. */
class CommandError extends Error {}

function needed(editor: SnapshotEditor): SnapshotView {
  if (editor.current) return editor.current;
  throw new CommandError(vscode.l10n.t("No heap snapshot is shown. Open one first."));
}

async function telling<T>(run: () => T): Promise<Awaited<T> | undefined> {
  try {
    return await run();
  } catch (error) {
    const advice = error instanceof AnalysisError ? ` ${error.advice}` : "";
    void vscode.window.showErrorMessage((error as Error).message + advice);
    return undefined;
  }
}

/** Compares the snapshots that were chosen, or asks for them, and shows the newest one's editor. */
async function compareSnapshots(
  editor: SnapshotEditor,
  uri: vscode.Uri | undefined,
  chosen: readonly vscode.Uri[] | undefined,
): Promise<void> {
  const own = uri ?? editor.current?.document.uri;
  const several = chosen && chosen.length > 1 ? chosen : undefined;
  const title = vscode.l10n.t("Snapshots of one process to compare");
  const others = several ?? (await pickSnapshots(title, own));
  if (!others) return;
  const all = new Map([...(own ? [own] : []), ...others].map((one) => [one.toString(), one]));
  if (all.size < 2) throw new CommandError(vscode.l10n.t("Choose two snapshots or more."));
  const [newest, ...rest] = await newestFirst([...all.values()]);
  await editor.open(
    newest,
    { view: "compare" },
    rest.map(({ fsPath }) => fsPath),
  );
}

async function showFindingSource(editor: SnapshotEditor, row: FindingRow): Promise<void> {
  const location = row.kind === "finding" ? row.of.finding.location : undefined;
  if (!location || row.kind !== "finding") return;
  await editor.open(row.of.document.uri);
  await goToSource(needed(editor), location);
}

async function copyFix(of: OpenFinding | FindingRow): Promise<void> {
  const found = "kind" in of ? (of.kind === "finding" ? of.of : undefined) : of;
  if (found?.finding.fix === undefined) return;
  await vscode.env.clipboard.writeText(found.finding.fix);
  vscode.window.setStatusBarMessage(vscode.l10n.t("What to do has been copied."), STATUS_MS);
}

async function goToObject(view: SnapshotView): Promise<void> {
  const id = await pickObject(view.document.snapshot, vscode.l10n.t("Go to Object"));
  if (id !== undefined) view.show({ view: "object", id });
}

async function whyAlive(view: SnapshotView): Promise<void> {
  const id = view.object ?? (await pickObject(view.document.snapshot, vscode.l10n.t("Why Is This Alive?")));
  if (id !== undefined) view.show({ view: "graph", seed: { kind: "path", id } });
}

/** Goes to a place, by default to that of the selected object. Returns what the user is told. */
async function goToSource(view: SnapshotView, place?: Partial<SourceLocation>): Promise<string> {
  const { snapshot } = view.document;
  const location =
    place?.file === undefined ? await locationOf(view) : { line: 0, name: "", ...place, file: place.file };
  const recorded = await snapshot.ask("sourceFile", { file: location.file, location });
  const told = await view.openSource(recorded.location ?? location, recorded);
  if (told !== "") view.post({ kind: "notice", text: told });
  return told;
}

async function locationOf(view: SnapshotView): Promise<SourceLocation> {
  const id = view.object;
  if (id === null) throw new CommandError(vscode.l10n.t("No object is selected. Select one in the view."));
  const { location, name } = await view.document.snapshot.ask("object", { id });
  if (location) return location;
  throw new CommandError(vscode.l10n.t("The snapshot knows no source line of {0}.", name));
}

async function copyReport(view: SnapshotView): Promise<void> {
  const text = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Writing the report") },
    () => view.document.snapshot.ask("reportText", {}),
  );
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t("The report has been copied."), STATUS_MS);
}
