import { resolve } from "node:path";
import type { SourceLocation } from "../../heap/HeapGraph.js";
import { withoutFileScheme } from "../../model/scriptNames.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";

/** A source file as it was at capture. */
export interface SourceFile {
  /** Absolute where the program's working folder is known. */
  readonly path: string;
  /** Bytes, or null where the snapshot doesn't tell. */
  readonly size: number | null;
  /** Last change, seconds since 1970, or null where the snapshot doesn't tell. */
  readonly modified: number | null;
  /** It is JavaScript, or what that was made from. */
  readonly isScript?: boolean;
  /**
   * The place that was asked about, better: followed through the script's source map. Path, size and time of
   * modification are then those of its file.
   */
  readonly location?: SourceLocation;
}

/** A source file, by the name that a location gives it. */
export interface SourceQuestion {
  readonly file: string;
  /** A place in it. */
  readonly location?: SourceLocation;
  /** Path of the script on this machine, where whoever asks has found it and the name does not tell. */
  readonly script?: string;
}

/** What the snapshot, and for scripts their source maps, know of a source file. */
export function sourceFile({ graph }: Session, { file, location, script }: SourceQuestion): SourceFile {
  const { scripts } = new SourceFiles(graph);
  if (scripts) {
    const found = location && scripts.refine(location, undefined, script);
    return {
      path: withoutFileScheme(found?.file ?? file),
      size: found ? scripts.originalSize(found, script) : null,
      modified: null,
      isScript: true,
      ...(found && { location: found }),
    };
  }
  const recorded = graph.info.sources.get(file);
  return {
    path: /^<.*>$/.test(file) ? file : resolve(graph.info.cwd, file),
    size: recorded?.[1] ?? null,
    modified: recorded?.[0] ?? null,
  };
}
