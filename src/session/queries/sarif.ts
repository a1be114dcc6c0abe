import { posix, win32 } from "node:path";
import type { ArtifactLocation, Location, Log, Message, Region, ReportingDescriptor, Result } from "sarif";
import type { SourceLocation } from "../../heap/HeapGraph.js";
import type { Severity } from "../../detect/Finding.js";
import { ruleNames } from "../../detect/report.js";
import { ruleTexts } from "../../detect/texts/rules.js";
import { printable } from "../../heap/names.js";
import { isGenerated, isOfRuntime, isUrl } from "../../model/scriptNames.js";
import type { Session } from "../Session.js";
import { report, type Report, type ReportedFinding } from "./report.js";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const ROOT_ID = "SRCROOT";
const TEXT = 2000;

const LEVELS = { error: "error", warning: "warning", info: "note" } as const satisfies Record<Severity, string>;

/** What is known of one snapshot. */
export interface SarifSource {
  /** The snapshot's file. */
  readonly file: string;
  /** Working folder of the captured program, against which its files are named; empty where it isn't known. */
  readonly folder: string;
  readonly report: Pick<Report, "findings"> & { readonly snapshot: Pick<Report["snapshot"], "argv"> };
}

export interface SarifOptions {
  /** Version of this program. */
  readonly version: string;
  /** Absolute folder against which files below it are named: the checkout's, for most readers of SARIF. */
  readonly root: string;
  /** Fingerprints of findings that are known and accepted, with the reason; without it nothing is said of that. */
  readonly baseline?: ReadonlyMap<string, string>;
}

/** What `sarifLog` needs of an open snapshot, and of a report on it. */
export function sarifSource(session: Session, found: Report = report(session)): SarifSource {
  return { file: session.path, folder: session.graph.info.cwd, report: found };
}

/** The findings of snapshots as one SARIF 2.1.0 log with one run. Pure; `JSON.stringify` makes the file. */
export function sarifLog(sources: readonly SarifSource[], options: SarifOptions): Log {
  const root = fileUri(plainPath(options.root));
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    // One run for all snapshots: code scanning takes one run a tool and category.
    runs: [
      {
        // No informationUri: the project has no public address.
        tool: {
          driver: { name: "Ouroboros", version: options.version, rules: ruleNames.map(ruleOf) },
        },
        invocations: [{ executionSuccessful: true }],
        originalUriBaseIds: { [ROOT_ID]: { uri: root.endsWith("/") ? root : `${root}/` } },
        columnKind: "utf16CodeUnits",
        results: sources.flatMap((source) => source.report.findings.map((found) => resultOf(found, source, options))),
      },
    ],
  };
}

/** Line and column, the column where it is known. */
function regionOf({ line, column }: SourceLocation): Region {
  return { startLine: line, ...(column !== undefined && column >= 1 && { startColumn: column }) };
}

function ruleOf(rule: string): ReportingDescriptor {
  const { severity, what, why, fix } = ruleTexts[rule];
  return {
    id: rule,
    shortDescription: { text: what },
    fullDescription: { text: `${what} ${why}` },
    help: { text: fix },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function resultOf(found: ReportedFinding, source: SarifSource, options: SarifOptions): Result {
  const location = locationOf(found, source, options.root);
  const fix = found.fix === undefined ? [] : [`Fix: ${found.fix}`];
  return {
    ruleId: found.rule,
    ruleIndex: ruleNames.indexOf(found.rule),
    level: LEVELS[found.severity as Severity] ?? "warning",
    message: message([found.title, found.why, ...fix].map((text) => sentence(plain(text))).join(" ")),
    analysisTarget: artifact(source.file, "", options.root),
    locations: [location],
    partialFingerprints: { "ouroborosFingerprint/v1": found.fingerprint },
    ...codeFlowsOf(found, location),
    ...standingOf(found, options.baseline),
    properties: { bytes: found.bytes, count: found.count, ...(found.growth && { growth: found.growth }) },
  };
}

/**
 * Where to show a finding. GitHub's code scanning refuses a log with a result that has no file. So where the file
 * isn't known, or is none (`<string>`), it is the program's script, and where that isn't known either, the snapshot.
 */
function locationOf({ location }: ReportedFinding, source: SarifSource, root: string): Location {
  const inFile = location !== undefined && isFile(location.file);
  const script = source.report.snapshot.argv[0] ?? "";
  const artifactLocation = inFile
    ? // Python 2 names the compiled file of a module.
      artifact(location.file.replace(/(\.py)[co]$/, "$1"), source.folder, root)
    : isFile(script)
      ? artifact(script, source.folder, root)
      : artifact(source.file, "", root);
  return {
    physicalLocation: {
      artifactLocation,
      ...(inFile && location.line >= 1 && { region: regionOf(location) }),
    },
    ...(location?.name && { logicalLocations: [{ name: plain(location.name) }] }),
  };
}

/**
 * False for `<string>` and `<frozen importlib._bootstrap>`, for `-c` and `-m` as a program's name, and for scripts that
 * have no path.
 */
function isFile(file: string): boolean {
  return file !== "" && !/^(-|<.*>$)/s.test(file) && !isUrl(file) && !isOfRuntime(file) && !isGenerated(file);
}

/** The evidence path. Objects stand in no file, and readers want one of each step: it is the finding's. */
function codeFlowsOf({ path }: ReportedFinding, { physicalLocation }: Location): Pick<Result, "codeFlows"> {
  const steps = path
    .map(({ label, name }, i) => (i === 0 ? name : `${label} → ${name}`))
    .map((text) => ({ location: { ...(physicalLocation && { physicalLocation }), message: message(plain(text)) } }));
  return steps.length > 1 ? { codeFlows: [{ threadFlows: [{ locations: steps }] }] } : {};
}

/** What a baseline says of a finding. All results of a run have `suppressions`, or none, as the standard wants it. */
function standingOf(
  { fingerprint }: ReportedFinding,
  baseline: SarifOptions["baseline"],
): Pick<Result, "suppressions" | "baselineState"> {
  if (!baseline) return {};
  const reason = baseline.get(fingerprint);
  if (reason === undefined) return { baselineState: "new", suppressions: [] };
  const justification = plain(reason === "" ? "listed in the baseline" : reason);
  return { baselineState: "unchanged", suppressions: [{ kind: "external", justification }] };
}

/** A text with a full stop: readers that have little room show the first sentence. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** A text as a message. Braces would be placeholders, and `[a](b)` a link. */
function message(text: string): Message {
  return { text: text.replace(/[{}]/g, "$&$&").replaceAll("](", "\\](") };
}

/** A text of the snapshot without controls and without halves of surrogate pairs, which not every reader takes. */
function plain(text: string): string {
  return printable(text, TEXT).replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/** A file as SARIF names it: relative to the root if it lies below, else as a `file:` address. */
function artifact(file: string, folder: string, root: string): ArtifactLocation {
  // A snapshot may come from another system, so that the names tell the style, not the system that this runs on.
  const [at, base, top] = [file, isAbsolute(folder) ? folder : root, root].map(plainPath);
  const windows = isWindows(isAbsolute(at) ? at : base);
  const style = windows ? win32 : posix;
  const path = isAbsolute(at) ? style.normalize(at) : style.resolve(base, at);
  if (isWindows(top) === windows) {
    const inside = style.relative(top, path);
    if (inside !== "" && inside !== ".." && !inside.startsWith(`..${style.sep}`) && !style.isAbsolute(inside)) {
      return { uri: parts(inside, windows).join("/"), uriBaseId: ROOT_ID };
    }
  }
  return { uri: fileUri(path) };
}

/** The `file:` address of an absolute path. */
function fileUri(path: string): string {
  const windows = isWindows(path);
  if (windows && !path.startsWith("\\\\")) {
    return `file:///${path.slice(0, 2)}${parts(path.slice(2), windows).join("/")}`;
  }
  // A share's path begins with two separators and the server: //server/share.
  return `${windows ? "file:" : "file://"}${parts(path, windows).join("/")}`;
}

/** The names in a path, escaped for an address. */
function parts(path: string, windows: boolean): string[] {
  return path.split(windows ? /[\\/]/ : "/").map(escapePart);
}

/** Python writes a byte of a file's name that is no UTF-8 as half a surrogate pair; the address has the byte. */
function escapePart(name: string): string {
  return name.replace(/[^\ud800-\udfff]+|[\ud800-\udfff]/gu, (run) => {
    const byte = run.charCodeAt(0) - 0xdc00;
    if (run.length > 1 || byte < -0x400 || byte > 0x3ff) return encodeURIComponent(run);
    return byte >= 0x80 && byte <= 0xff ? `%${byte.toString(16).toUpperCase()}` : "%EF%BF%BD";
  });
}

/** Without the prefix of long paths, `\\?\`. */
function plainPath(path: string): string {
  return path.replace(/^\\\\\?\\UNC\\/, "\\\\").replace(/^\\\\\?\\/, "");
}

function isWindows(path: string): boolean {
  return /^([A-Za-z]:[\\/]|\\\\)/.test(path);
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || isWindows(path);
}
