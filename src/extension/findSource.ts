import { homedir } from "node:os";
import * as vscode from "vscode";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { isUrl, withoutFileScheme } from "../model/scriptNames.js";
import type { SourceFile, SourceQuestion } from "../session/queries/sourceFile.js";
import { baseName, bestMatches, noFile, sourceCandidates } from "./sourceCandidates.js";

/** The setting that says where sources are. */
export const PATH_MAPPINGS = "ouroboros.pathMappings";
const MOST_FOUND = 500;

/** A file here that is the recorded one, or stands in for it. */
export interface FoundSource {
  readonly uri: vscode.Uri;
  /** True for the recorded path, false for what stands in for it. */
  readonly isOriginal: boolean;
}

/** Where a search ended: files that fit equally well, none where nothing fits, and the paths that were tried. */
export interface SourceSearch {
  /** The recorded path, absolute where that is known. */
  readonly path: string;
  readonly tried: readonly string[];
  readonly found: readonly FoundSource[];
}

/**
 * Looks for a source file: at the recorded path, by the path mappings, and in the workspace by the end of its path.
 * @param file as a location of the snapshot names it
 * @param recorded what the snapshot knows of the file
 */
export async function findSource(file: string, recorded: SourceFile): Promise<SourceSearch> {
  if (noFile(file)) return { path: file, tried: [], found: [] };
  // A Windows path means nothing to another system's notion of "absolute".
  const path = /^[a-z]:[\\/]/i.test(file) || isUrl(file) ? withoutFileScheme(file) : recorded.path;
  const tried = sourceCandidates(path, {
    mappings: vscode.workspace.getConfiguration().get(PATH_MAPPINGS) ?? {},
    folders: localFolders(),
    home: homedir(),
  });
  const first = await firstFile(tried, path);
  return { path, tried, found: first ? [first] : await inWorkspace(path, recorded) };
}

/** Asks the analysis process about a source file. */
export type AskSource = (question: SourceQuestion) => Promise<SourceFile>;

/** A place, what is known of its file, and where that is here. */
export interface PlaceSearch extends SourceSearch {
  readonly location: SourceLocation;
  readonly recorded: SourceFile;
}

/**
 * Looks for a place in the source. Where its file is nowhere, and it was led to by a source map, the place in the
 * script is looked for instead; where a script of a page is here, its source map is followed.
 * @param recorded what the snapshot knows of the location's file
 */
export async function findPlace(location: SourceLocation, recorded: SourceFile, ask: AskSource): Promise<PlaceSearch> {
  const search = { location, recorded, ...(await findSource(location.file, recorded)) };
  const { generated } = location;
  if (generated) {
    if (search.found.length > 0) return search;
    const script = { path: generated.file, size: null, modified: null, isScript: true };
    const there = await findSource(generated.file, script);
    return there.found.length === 0
      ? search
      : { location: { ...generated, name: location.name }, recorded: script, ...there };
  }
  if (!isUrl(location.file) || search.found.length !== 1) return search;
  const script = search.found[0].uri.fsPath;
  const mapped = await ask({ file: location.file, location, script });
  if (!mapped.location?.generated) return { ...search, location: mapped.location ?? location };
  const original = await findSource(mapped.location.file, mapped);
  return original.found.length === 0 ? search : { location: mapped.location, recorded: mapped, ...original };
}

function localFolders(): { readonly name: string; readonly path: string }[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === "file")
    .map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

async function sizeOf(uri: vscode.Uri): Promise<number | undefined> {
  try {
    const { type, size } = await vscode.workspace.fs.stat(uri);
    return type & vscode.FileType.File ? size : undefined;
  } catch {
    return undefined;
  }
}

async function firstFile(paths: readonly string[], recorded: string): Promise<FoundSource | undefined> {
  for (const path of paths) {
    const uri = vscode.Uri.file(path);
    if ((await sizeOf(uri)) !== undefined) return { uri, isOriginal: path === recorded };
  }
  return undefined;
}

async function inWorkspace(path: string, recorded: SourceFile): Promise<FoundSource[]> {
  const name = baseName(path);
  // Characters with a meaning in patterns are stood in for by the one for any character, and looked at afterwards.
  const pattern = `**/${name.replace(/[*?{}[\]]/g, "?")}`;
  const named = await vscode.workspace.findFiles(pattern, undefined, MOST_FOUND);
  const byPath = new Map(named.filter((uri) => baseName(uri.path) === name).map((uri) => [uri.path, uri]));
  const sizes = new Map<string, number | undefined>();
  for (const [file, uri] of byPath) sizes.set(file, await sizeOf(uri));
  const best = bestMatches(path, [...byPath.keys()], recorded.size, (file) => sizes.get(file));
  return best.map((file) => ({ uri: byPath.get(file)!, isOriginal: false }));
}
