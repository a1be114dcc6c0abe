// `npm run bench`: speed and size, as ratios against peers in the same run. Writes bench/RESULTS.md.
// `npm run bench -- v8-151 editor` measures these sections only, `-- v8` those whose name begins so; `--rounds N` says how
// often the V8 heaps are opened.
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ARENA_ROUNDS, arenaRows } from "./arenas.js";
import { editorRows, type Row, sizeRows } from "./editor/editor.js";
import { pythonRows, ROUNDS } from "./python.js";
import { questionRows } from "./questionRows.js";
import { table, writeSection } from "./results.js";
import { equalityRows } from "./v8/equality.js";
import { SIZES } from "./v8/heaps.js";
import { speedRows } from "./v8/speed.js";
import { type Python, pythons } from "../test/rig/pythons.js";

const EDITOR_OBJECTS = 5_000_000;
// The generator makes fewer nodes than it is asked for: this gives 10 million.
const QUESTION_OBJECTS = 11_400_000;
const AGENT = join("src", "capture", "python");

/** A part of the benchmark that can be run alone. */
interface Section {
  readonly name: string;
  readonly title: string;
  readonly rounds: number;
  /** What the rows do not say. */
  readonly note?: string;
  readonly rows: () => Promise<Row[]>;
}

const { positionals: wanted, values: options } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" } },
});
const folder = mkdtempSync(join(tmpdir(), "ouroboros-bench-"));

function aPython(): Python {
  const python = pythons().find(({ version }) => version[0] === 3 && version[1] === 11) ?? pythons().at(-1);
  if (!python) throw new Error("no Python found");
  return python;
}

const sections: readonly Section[] = [
  {
    ...{ name: "python", title: "Python heaps: capture and opening", rounds: ROUNDS },
    rows: () => pythonRows(aPython(), AGENT, folder),
  },
  {
    ...{ name: "questions", title: "Python heaps: questions", rounds: 1 },
    rows: () => questionRows(aPython(), AGENT, QUESTION_OBJECTS, folder),
  },
  {
    ...{ name: "arenas", title: "Python heaps: arenas", rounds: ARENA_ROUNDS },
    rows: () => arenaRows(AGENT, folder),
  },
  {
    ...{ name: "editor", title: "The editor, and the size of what is shipped", rounds: 1 },
    rows: async () => [...(await editorRows(aPython(), AGENT, EDITOR_OBJECTS)), ...sizeRows()],
  },
  { name: "v8-equal", title: "V8 heaps: the numbers of DevTools", rounds: 1, rows: () => equalityRows(folder) },
  ...SIZES.map((known) => ({ ...known, rounds: Number(options.rounds ?? known.rounds) })).map((size) => ({
    ...{ name: `v8-${size.megabytes}`, title: `V8 heaps: ${size.megabytes} MB`, rounds: size.rounds },
    note: "All JavaScript by Node 24.",
    rows: () => speedRows(aPython(), size, folder),
  })),
];

const chosen = sections.filter(({ name }) => wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix)));
const unknown = wanted.filter((prefix) => !sections.some(({ name }) => name.startsWith(prefix)));
try {
  if (unknown.length > 0) {
    throw new Error(`no section ${unknown.join(", ")}; there are ${sections.map(({ name }) => name).join(", ")}`);
  }
  for (const { title, rounds, note, rows } of chosen) {
    const often = rounds === 1 ? "1 round" : `${rounds} rounds, each peer in the same round`;
    const machine = `Node ${process.versions.node}, ${cpus().length} cores, ${often}.${note === undefined ? "" : ` ${note}`}`;
    const text = `${machine}\n\n${table(await rows())}`;
    process.stdout.write(`\n## ${title}\n\n${text}\n`);
    writeSection(
      title,
      text,
      sections.map((section) => section.title),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
