import * as vscode from "vscode";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import { isUrl } from "../model/scriptNames.js";
import type { SourceQuestion } from "../session/queries/sourceFile.js";
import { findPlace, findSource } from "./findSource.js";
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
  readonly #files = new WeakMap<SnapshotDocument, Map<string, Promise<FoundPlace | undefined>>>();
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
    const found = await this.#find(of.document, finding.location!);
    if (!found) return undefined;
    const { uri, location } = found;
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
        const found = await this.#find(document, location!);
        const text = printable(label === "" ? name : `${label} → ${name}`, TEXT);
        const place = found && new vscode.Location(found.uri, lineOf(found.location));
        return place && new vscode.DiagnosticRelatedInformation(place, text);
      }),
    );
    return made.filter((entry) => entry !== undefined);
  }

  async #find(document: SnapshotDocument, location: SourceLocation): Promise<FoundPlace | undefined> {
    let files = this.#files.get(document);
    if (!files) this.#files.set(document, (files = new Map()));
    const { file, line, column, generated } = location;
    // Each place of a script of a page can come from another file, and so it is where the original is not here.
    const isOwn = generated !== undefined || isUrl(file);
    const key = isOwn ? JSON.stringify([file, line, column]) : file;
    let found = files.get(key);
    if (!found) files.set(key, (found = isOwn ? placeHere(document, location) : fileHere(document, location)));
    const place = await found;
    return place && (isOwn ? place : { uri: place.uri, location });
  }
}

interface FoundPlace {
  readonly uri: vscode.Uri;
  readonly location: SourceLocation;
}

async function fileHere(document: SnapshotDocument, location: SourceLocation): Promise<FoundPlace | undefined> {
  const uri = await findFile(document, location.file);
  return uri && { uri, location };
}

async function placeHere({ snapshot }: SnapshotDocument, place: SourceLocation): Promise<FoundPlace | undefined> {
  const ask = (question: SourceQuestion) => snapshot.ask("sourceFile", question);
  try {
    const { found, location } = await findPlace(place, await ask({ file: place.file, location: place }), ask);
    return found.length === 1 ? { uri: found[0].uri, location } : undefined;
  } catch {
    // The snapshot was closed meanwhile.
    return undefined;
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
