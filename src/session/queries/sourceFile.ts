import { resolve } from "node:path";
import type { Session } from "../Session.js";

/** A source file as it was at capture. */
export interface SourceFile {
  /** Absolute where the program's working folder is known. */
  readonly path: string;
  /** Bytes, or null where the snapshot doesn't tell. */
  readonly size: number | null;
  /** Last change, seconds since 1970, or null where the snapshot doesn't tell. */
  readonly modified: number | null;
}

/** What the snapshot knows of a source file, by the name that a location gives it. */
export function sourceFile({ graph }: Session, file: string): SourceFile {
  const recorded = graph.info.sources.get(file);
  return {
    path: /^<.*>$/.test(file) ? file : resolve(graph.info.cwd, file),
    size: recorded?.[1] ?? null,
    modified: recorded?.[0] ?? null,
  };
}
