import * as vscode from "vscode";
import { formatBytes, formatCount } from "../detect/format.js";
import { printable } from "../heap/names.js";
import type { Findings, FindingsState, OpenFinding } from "./Findings.js";

const TEXT = 2000;

/** A row of the tree: a finding, a step of its evidence, or the heading of those that are no leaks by themselves. */
export type FindingRow =
  | { readonly kind: "finding"; readonly of: OpenFinding }
  | { readonly kind: "step"; readonly of: OpenFinding; readonly step: number }
  | { readonly kind: "others"; readonly findings: readonly OpenFinding[] }
  | { readonly kind: "message"; readonly text: string };

const ICONS: Readonly<Record<string, readonly [icon: string, colour: string]>> = {
  error: ["error", "problemsErrorIcon.foreground"],
  warning: ["warning", "problemsWarningIcon.foreground"],
  info: ["info", "problemsInfoIcon.foreground"],
};

/** The findings of the snapshot that is looked at, most bytes first, with their evidence below them. */
export class FindingsTree implements vscode.TreeDataProvider<FindingRow>, vscode.Disposable {
  readonly #findings: Findings;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  #shown: FindingsState | undefined;

  constructor(findings: Findings) {
    this.#findings = findings;
    this.#subscription = findings.onDidChange(() => this.#follow());
  }

  /** Not whenever an editor gets the focus: keys are lost while a tree is made anew. */
  #follow(): void {
    const state = this.#findings.current?.state;
    if (state === this.#shown) return;
    this.#shown = state;
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  getChildren(row?: FindingRow): FindingRow[] {
    if (!row) return this.#roots();
    if (row.kind === "others") return row.findings.map((of) => ({ kind: "finding", of }));
    if (row.kind !== "finding" || row.of.finding.path.length < 2) return [];
    return row.of.finding.path.map((_, step) => ({ kind: "step", of: row.of, step }));
  }

  getTreeItem(row: FindingRow): vscode.TreeItem {
    switch (row.kind) {
      case "finding":
        return findingItem(row.of);
      case "step":
        return stepItem(row.of, row.step);
      case "others": {
        const label = vscode.l10n.t("Worth knowing ({0})", formatCount(row.findings.length));
        return new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
      }
      case "message":
        return new vscode.TreeItem(row.text);
    }
  }

  #roots(): FindingRow[] {
    const { current } = this.#findings;
    // The view's welcome text says what to do.
    if (!current) return [];
    const { state } = current;
    if (state.kind === "pending") return [{ kind: "message", text: vscode.l10n.t("Looking for leaks…") }];
    if (state.kind === "failed") return [{ kind: "message", text: printable(state.message, TEXT) }];
    const leaks = state.findings.filter(({ finding }) => finding.severity !== "info");
    const others = state.findings.filter(({ finding }) => finding.severity === "info");
    const rows: FindingRow[] = leaks.map((of) => ({ kind: "finding", of }));
    if (leaks.length === 0) rows.push({ kind: "message", text: vscode.l10n.t("None of the rules finds a leak.") });
    if (others.length > 0) rows.push({ kind: "others", findings: others });
    return rows;
  }
}

function findingItem(of: OpenFinding): vscode.TreeItem {
  const { finding } = of;
  const item = new vscode.TreeItem(
    printable(finding.title, TEXT),
    finding.path.length > 1 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  const [icon, colour] = ICONS[finding.severity] ?? ICONS["info"];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
  item.description = `${finding.rule}  ${formatBytes(finding.bytes)}`;
  const fix = finding.fix === undefined ? [] : [vscode.l10n.t("What to do: {0}", printable(finding.fix, TEXT))];
  item.tooltip = [printable(finding.title, TEXT), printable(finding.why, TEXT), ...fix].join("\n\n");
  item.accessibilityInformation = { label: `${finding.severity}: ${printable(finding.title, TEXT)}` };
  item.contextValue = `finding${finding.location ? " source" : ""}${finding.fix === undefined ? "" : " fix"}`;
  item.command = { command: "ouroboros.showFinding", title: vscode.l10n.t("Show in Leak Graph"), arguments: [of] };
  return item;
}

function stepItem(of: OpenFinding, step: number): vscode.TreeItem {
  const { id, label, name } = of.finding.path[step];
  const item = new vscode.TreeItem(printable(name, TEXT));
  item.description = printable(label, TEXT);
  item.tooltip = id;
  // Without it a screen reader would read the tooltip.
  item.accessibilityInformation = { label: printable(label === "" ? name : `${label} → ${name}`, TEXT) };
  item.iconPath = new vscode.ThemeIcon(step === 0 ? "circle-filled" : "arrow-small-right");
  item.command = {
    command: "ouroboros.showObject",
    title: vscode.l10n.t("Show Object"),
    arguments: [of.document.uri, id],
  };
  return item;
}
