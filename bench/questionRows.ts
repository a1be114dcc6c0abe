// Questions about a big heap, one by one: a cut, the path to an object, its neighbours.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Python } from "../test/rig/pythons.js";
import { bundled } from "./bundle.js";
import type { Row } from "./editor/editor.js";

interface Times {
  /** Milliseconds. */
  readonly first: number;
  readonly others: readonly number[];
}
interface Figures extends Record<"cut" | "path" | "neighbours", Times> {
  readonly nodes: number;
  readonly prepared: number;
  readonly largest: { readonly ms: number; readonly objects: number };
  readonly peakBytes: number;
}

const REQUIRED_MS = 100;
const KINDS = ["cut", "path", "neighbours"] as const;

/** The table's rows for a heap of `objects` objects. */
export async function questionRows(python: Python, agent: string, objects: number, folder: string): Promise<Row[]> {
  const file = join(folder, "questions.pyheapsnapshot");
  execFileSync(python.path, [join("bench", "synthetic_heap.py"), agent, file, String(objects), "--no-peer"]);
  const script = await bundled("questions", folder);
  const figures = JSON.parse(execFileSync(process.execPath, [script, file], { encoding: "utf8" })) as Figures;
  rmSync(file);
  const rows = KINDS.map((kind): Row => {
    const { first, others } = figures[kind];
    const sorted = [...others].sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1];
    return [
      `${kind}, after the first (${first.toFixed(0)} ms), ms: median, 99 of 100, most`,
      [at(0.5), at(0.99), at(1)].map((ms) => ms.toFixed(2)).join(", "),
      `below ${REQUIRED_MS}`,
      at(0.99) < REQUIRED_MS,
    ];
  });
  const { ms, objects: freed } = figures.largest;
  return [
    [
      `${(figures.nodes / 1e6).toFixed(1)} M nodes: from the columns to verdict, families, retained sizes, findings, s`,
      (figures.prepared / 1e3).toFixed(1),
      "",
      undefined,
    ],
    ...rows,
    [
      `a cut that frees ${(freed / 1e6).toFixed(1)} M objects, M objects/s`,
      (freed / ms / 1e3).toFixed(2),
      "",
      undefined,
    ],
    ["peak memory, bytes an object", (figures.peakBytes / figures.nodes).toFixed(0), "", undefined],
  ];
}
