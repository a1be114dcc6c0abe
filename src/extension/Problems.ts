import * as vscode from "vscode";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import { findSource } from "./findSource.js";
import type { Findings, OpenFinding } from "./Findings.js";
import type { SnapshotDocument } from "./SnapshotDocument.js";

/** `source` of the entries. */
export const PROBLEM_SOURCE = "Ouroboros";

const TEXT = 2000;
const RELATED = 20;

const SEVERITIES: Readonly<Record<string, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
};

/** An entry of the Problems list that knows its finding. */
export class FindingDiagnostic extends vscode.Diagnostic {
  readonly of: OpenFinding;

  constructor(range: vscode.Range, message: string, severity: vscode.DiagnosticSeverity, of: OpenFinding) {
    super(range, message, severity);
    this.of = of;
    this.source = PROBLEM_SOURCE;
    this.code = of.finding.rule;
  }
}

/**
 * Puts errors and warnings of the open snapshots into the Problems list, at their lines, with the lines along the
 * evidence. A finding whose file is not here, or could be several, has no place there.
 */
export class Problems implements vscode.Disposable {
  readonly #findings: Findings;
  readonly #collection = vscode.languages.createDiagnosticCollection("ouroboros");
  readonly #subscription: vscode.Disposable;
  /** Where the files of a snapshot are here; each is looked for once. */
  readonly #files = new WeakMap<SnapshotDocument, Map<string, Promise<vscode.Uri | undefined>>>();
  #turn = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
    this.#subscription = findings.onDidFind(() => void this.#update());
  }

  /** The entries at a file. */
  at(uri: vscode.Uri): readonly vscode.Diagnostic[] {
    return this.#collection.get(uri) ?? [];
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#collection.dispose();
  }

  async #update(): Promise<void> {
    const turn = ++this.#turn;
    const wanted = this.#findings.all.filter(({ finding }) => finding.severity in SEVERITIES && finding.location);
    const made = await Promise.all(wanted.map((of) => this.#diagnostic(of)));
    // Another change has come meanwhile, and brings its own.
    if (turn !== this.#turn) return;
    const byFile = new Map<string, [vscode.Uri, vscode.Diagnostic[]]>();
    for (const entry of made) {
      if (!entry) continue;
      const known = byFile.get(entry.uri.toString());
      if (known) known[1].push(entry.diagnostic);
      else byFile.set(entry.uri.toString(), [entry.uri, [entry.diagnostic]]);
    }
    this.#collection.clear();
    this.#collection.set([...byFile.values()]);
  }

  async #diagnostic(of: OpenFinding): Promise<{ uri: vscode.Uri; diagnostic: vscode.Diagnostic } | undefined> {
    const { finding } = of;
    const location = finding.location!;
    const uri = await this.#find(of.document, location.file);
    if (!uri) return undefined;
    const message = `${printable(finding.title, TEXT)}\n${printable(finding.why, TEXT)}`;
    const diagnostic = new FindingDiagnostic(lineOf(location), message, SEVERITIES[finding.severity], of);
    diagnostic.relatedInformation = await this.#related(of);
    return { uri, diagnostic };
  }

  /** The objects along the evidence whose source is here. */
  async #related({ document, finding }: OpenFinding): Promise<vscode.DiagnosticRelatedInformation[]> {
    const steps = finding.path.filter(({ location }) => location !== undefined).slice(0, RELATED);
    const made = await Promise.all(
      steps.map(async ({ label, name, location }) => {
        const uri = await this.#find(document, location!.file);
        const text = printable(label === "" ? name : `${label} → ${name}`, TEXT);
        return uri && new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, lineOf(location!)), text);
      }),
    );
    return made.filter((entry) => entry !== undefined);
  }

  #find(document: SnapshotDocument, file: string): Promise<vscode.Uri | undefined> {
    let files = this.#files.get(document);
    if (!files) this.#files.set(document, (files = new Map()));
    let found = files.get(file);
    if (!found) files.set(file, (found = findFile(document, file)));
    return found;
  }
}

/** The one file here that is a file of a snapshot; undefined where there is none, or several fit. */
export async function findFile({ snapshot }: SnapshotDocument, file: string): Promise<vscode.Uri | undefined> {
  try {
    const { found } = await findSource(file, await snapshot.ask("sourceFile", { file }));
    return found.length === 1 ? found[0].uri : undefined;
  } catch {
    // The snapshot was closed meanwhile.
    return undefined;
  }
}

/** The whole line; the first where only the file is known. */
function lineOf({ line }: SourceLocation): vscode.Range {
  return new vscode.Range(Math.max(line, 1) - 1, 0, Math.max(line, 1) - 1, Number.MAX_SAFE_INTEGER);
}
