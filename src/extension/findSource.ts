import { homedir } from "node:os";
import * as vscode from "vscode";
import type { SourceFile } from "../session/queries/sourceFile.js";
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
  const path = /^[a-z]:[\\/]/i.test(file) ? file : recorded.path;
  const tried = sourceCandidates(path, {
    mappings: vscode.workspace.getConfiguration().get(PATH_MAPPINGS) ?? {},
    folders: localFolders(),
    home: homedir(),
  });
  const first = await firstFile(tried);
  return { path, tried, found: first ? [first] : await inWorkspace(path, recorded) };
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

async function firstFile(paths: readonly string[]): Promise<FoundSource | undefined> {
  for (const [i, path] of paths.entries()) {
    const uri = vscode.Uri.file(path);
    if ((await sizeOf(uri)) !== undefined) return { uri, isOriginal: i === 0 };
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
