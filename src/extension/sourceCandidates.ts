// Where a source file of the captured program may be on this machine. Pure: knows neither the editor nor the disk.
import { isAbsolute, join } from "node:path";
import { isGenerated, isOfRuntime, isUrl, plainUrl, urlParts, withoutFileScheme } from "../model/scriptNames.js";
import type { SourceFile } from "../session/queries/sourceFile.js";

/** What the candidates are made from. */
export interface Places {
  /** The setting `ouroboros.pathMappings`: recorded folder to folder here. */
  readonly mappings: Readonly<Record<string, string>>;
  readonly folders: readonly { readonly name: string; readonly path: string }[];
  /** The user's home folder. */
  readonly home: string;
}

// A modification time has whole seconds in some file systems and on Python 2.
const MODIFIED_TOLERANCE_MS = 1000;
// Names that every package has: to have them in common says nothing.
const COMMONPLACE = /^(__(init|main)__\.py|index\.[cm]?[jt]sx?)$/;

/** Why a name in the place of a file stands for none: part of the interpreter, or made while the program ran. */
export function noFile(name: string): "frozen" | "runtime" | "generated" | undefined {
  if (isOfRuntime(name)) return "runtime";
  if (isGenerated(name)) return "generated";
  if (!/^<.*>$/s.test(name)) return undefined;
  return name.startsWith("<frozen ") ? "frozen" : "generated";
}

/**
 * The paths to try in order: the recorded one, then by the mappings, the longest prefix first. A URL is no path, and
 * is found by the mappings alone.
 */
export function sourceCandidates(recorded: string, places: Places): string[] {
  const path = withoutFileScheme(recorded);
  const found = isUrl(path) ? [] : [path];
  const prefixes = Object.keys(places.mappings).sort((a, b) => prefixParts(b).length - prefixParts(a).length);
  for (const prefix of prefixes) {
    const rest = below(path, prefix);
    if (rest) for (const folder of expand(places.mappings[prefix], places)) found.push(join(folder, ...rest));
  }
  return [...new Set(found)];
}

/**
 * Of files with the recorded file's base name, those whose path ends like the recorded one for longest.
 * @param sizeOf bytes of a file, or undefined where unknown: decides between equals
 * @param size bytes of the recorded file, or null where unknown
 */
export function bestMatches(
  recorded: string,
  files: readonly string[],
  size: number | null,
  sizeOf: (file: string) => number | undefined,
): string[] {
  // The root of a server lies somewhere in the workspace: nothing above it can be in common.
  const isWhole = urlParts(recorded)?.length === 1;
  const rated = files.map((file) => ({
    file,
    common: commonEnd(recorded, file),
    same: size !== null && sizeOf(file) === size,
  }));
  const telling = rated.filter(
    ({ common, same }) => common > 1 || (common === 1 && (same || isWhole || !COMMONPLACE.test(baseName(recorded)))),
  );
  const most = Math.max(...telling.map(({ common }) => common));
  const best = telling.filter(({ common }) => common === most);
  const same = best.filter((match) => match.same);
  return (same.length > 0 ? same : best).map(({ file }) => file);
}

/**
 * True where a file is known to differ from what it was at capture.
 * @param isOriginal the recorded path itself, not a copy, whose time of modification would tell nothing
 */
export function hasChanged(
  recorded: SourceFile,
  now: { readonly size: number; readonly mtime: number },
  isOriginal: boolean,
): boolean {
  if (recorded.size !== null && recorded.size !== now.size) return true;
  if (!isOriginal || recorded.modified === null) return false;
  return Math.abs(recorded.modified * 1000 - now.mtime) > MODIFIED_TOLERANCE_MS;
}

/** The last part of a URL, or of a path of any operating system: a snapshot may come from another one. */
export function baseName(path: string): string {
  return parts(path).at(-1) ?? path;
}

function parts(path: string): string[] {
  const ofUrl = urlParts(path);
  return ofUrl ? [...split(/^[^/]+\/\/[^/]*/.exec(path)![0]), ...ofUrl] : split(path);
}

/** A prefix may name a folder of a server, which has no document here. */
function prefixParts(prefix: string): string[] {
  return split(isUrl(prefix) ? plainUrl(withoutFileScheme(prefix)) : prefix);
}

function split(path: string): string[] {
  return path.split(/[\\/]+/).filter((part) => part !== "" && part !== ".");
}

function isWindows(path: string): boolean {
  return /^[a-z]:[\\/]/i.test(path);
}

/** What a path has below a folder, or undefined where it is not in it. */
function below(path: string, folder: string): string[] | undefined {
  const all = parts(path);
  const prefix = prefixParts(folder);
  const equal = isWindows(path) ? (a: string, b: string) => a.toLowerCase() === b.toLowerCase() : Object.is;
  return prefix.every((part, i) => i < all.length && equal(part, all[i])) ? all.slice(prefix.length) : undefined;
}

/** The folders that a mapping's value names: one for each workspace folder where it speaks of that. */
function expand(value: string, { folders, home }: Places): string[] {
  const fromHome = value.replace(/^~(?=$|[\\/])/, () => home);
  const named = fromHome.replace(/\$\{workspaceFolder:([^}]*)\}/g, (whole, name: string) => {
    return folders.find((folder) => folder.name === name)?.path ?? whole;
  });
  const perFolder = folders.map(({ path }) => {
    const expanded = named.replace(/\$\{workspaceFolder\}/g, () => path);
    return isAbsolute(expanded) ? expanded : join(path, expanded);
  });
  return isAbsolute(named) ? [named] : perFolder;
}

/** How many parts two paths have in common at their ends. */
function commonEnd(one: string, other: string): number {
  const a = parts(one).reverse();
  const b = parts(other).reverse();
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return common;
}
