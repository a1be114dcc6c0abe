import * as vscode from "vscode";
import type { OpenFinding } from "./Findings.js";
import { FindingDiagnostic, type Problems } from "./Problems.js";

/** What can be done about a finding at its line. */
export class FindingActions implements vscode.CodeActionProvider {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    return this.#problems
      .at(document.uri)
      .filter((entry): entry is FindingDiagnostic => entry instanceof FindingDiagnostic)
      .filter((entry) => entry.range.intersection(range) !== undefined)
      .flatMap(actionsFor);
  }
}

function actionsFor(diagnostic: FindingDiagnostic): vscode.CodeAction[] {
  const { of } = diagnostic;
  const make = (title: string, command: string) => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { command, title, arguments: [of satisfies OpenFinding] };
    action.diagnostics = [diagnostic];
    return action;
  };
  const show = make(vscode.l10n.t("Show in leak graph"), "ouroboros.showFinding");
  return of.finding.fix === undefined ? [show] : [show, make(vscode.l10n.t("Copy fix"), "ouroboros.copyFix")];
}
