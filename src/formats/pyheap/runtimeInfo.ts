import type { RuntimeInfo } from "../../heap/HeapGraph.js";
import type { Columns } from "./columns.js";
import { FORMAT, type Meta } from "./meta.js";

/**
 * Facts of the captured process, with those that the file holds.
 * @param locations it tells where code is
 */
export function runtimeInfo(meta: Meta, columns: Columns, locations: boolean): RuntimeInfo {
  const notes: string[] = [];
  if (!meta.consistent) notes.push("Other threads may have run during this capture, so some counts may be off.");
  if (meta.insideCollection === true) notes.push("It was captured in the middle of a garbage collection.");
  if (meta.redacted) notes.push("It is redacted: text values and numbers are left out.");
  return {
    format: FORMAT,
    runtime: "cpython",
    version: meta.version,
    capturedAt: meta.capturedAt,
    pid: meta.pid,
    argv: meta.argv,
    cwd: meta.cwd,
    segments: meta.segments?.map(([generation, count]) => ({ generation, count })) ?? null,
    gcEnabled: meta.gcEnabled,
    guardedKnown: columns.has("marks/guarded"),
    redacted: meta.redacted,
    has: {
      refcounts: true,
      generations: meta.segments !== null,
      weakrefs: columns.has("weakrefs/ref"),
      locations,
      arenas: columns.has("arenas/address"),
      threads: columns.has("frames/thread"),
      tracemalloc: columns.has("sites/id"),
    },
    ...(meta.pymalloc && { allocator: meta.pymalloc.info }),
    notes,
    sources: meta.sources,
  };
}
