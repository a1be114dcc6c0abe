import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import { type WeakGroupRow, type WeakrefRow, weakrefs } from "../../session/queries/weakrefs.js";
import { type ObjectWeakrefs, weakrefsOf } from "../../session/queries/weakrefsOf.js";
import {
  type DeadPileRow,
  deadWeakrefs,
  PILE,
  type StaleRow,
  staleWeakrefs,
} from "../../session/queries/weakrefSuspects.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSession, UsageError } from "../run.js";
import { tableLines, wrapText } from "../table.js";

const GROUPS_SHOWN = 40;
const ENTRIES_SHOWN = 10;
const WIDTH = 100;

/** `ouroboros weakrefs FILE` */
export async function runWeakrefs(
  file: string,
  options: CommonOptions & { readonly ids: readonly string[]; readonly dead?: true; readonly stale?: true },
): Promise<void> {
  const { ids, dead, stale } = options;
  if (Number(ids.length > 0) + Number(dead === true) + Number(stale === true) > 1)
    throw new UsageError("--ids, --dead and --stale ask for different lists; give one of them");
  const session = await openSession(file);
  const all = options.all === true;
  const print = <Row>(rows: readonly Row[], lines: (rows: readonly Row[], all: boolean) => Iterable<string>) =>
    options.json ? printJson(rows) : printLines(lines(rows, all));
  if (ids.length > 0) {
    const rows = ids.map((id) => weakrefsOf(session, id));
    await print(rows, objectLines);
  } else if (dead) await print(deadWeakrefs(session, { all }), deadLines);
  else if (stale) await print(staleWeakrefs(session, { all }), staleLines);
  else await print(weakrefs(session, { all }), groupLines);
}

function* groupLines(rows: readonly WeakGroupRow[], all: boolean): Generator<string> {
  const sum = (value: (row: WeakGroupRow) => number) => rows.reduce((total, row) => total + value(row), 0);
  const unknown = sum((row) => row.unknown);
  const garbage = sum((row) => row.garbage);
  const states = [
    `${formatCount(sum((row) => row.alive) - garbage)} alive`,
    `${formatCount(sum((row) => row.dead))} dead`,
  ];
  if (garbage > 0) states.splice(1, 0, `${formatCount(garbage)} to garbage`);
  if (unknown > 0) states.push(`${formatCount(unknown)} to objects that the snapshot does not hold`);
  yield pc.bold(
    `${plural(
      sum((row) => row.count),
      "weak reference",
    )}: ${states.join(", ")}`,
  );
  const own = rows.filter((row) => all || !row.infrastructure);
  const shown = all ? own : own.slice(0, GROUPS_SHOWN);
  const columns = [
    { title: "count", right: true },
    { title: "state" },
    { title: "type", max: 24 },
    { title: "refer to", max: 40 },
    { title: "held as", max: 50 },
    { title: "callback", max: 40 },
    { title: "" },
  ];
  const cells = shown.map((row) => [
    formatCount(row.count),
    stateText(row),
    row.type,
    referentText(row),
    row.holder,
    row.callback ?? "",
    row.location ? placeText(row.location) : "",
  ]);
  if (shown.length > 0) yield* tableLines(columns, cells);
  if (own.length > shown.length) yield pc.dim(`… and ${plural(own.length - shown.length, "more group")}: --all`);
  const left = rows.filter((row) => !all && row.infrastructure).reduce((total, row) => total + row.count, 0);
  if (left > 0) yield pc.dim(`${formatCount(left)} more of the interpreter's own: --all`);
  yield pc.dim(
    "--dead: containers full of dead ones; --stale: what may lead to re-used objects; --ids ID: who refers to an object.",
  );
}

function stateText(row: WeakGroupRow): string {
  if (row.dead > 0) return "dead";
  if (row.unknown > 0) return "unknown";
  return row.garbage === 0
    ? "alive"
    : row.garbage === row.count
      ? "garbage"
      : `alive, ${formatCount(row.garbage)} garbage`;
}

function referentText(row: WeakGroupRow): string {
  return row.referentType ?? (row.dead > 0 ? "(gone)" : "(not in the snapshot)");
}

function* deadLines(rows: readonly DeadPileRow[], all: boolean): Generator<string> {
  if (rows.length === 0) {
    yield all
      ? "No container holds dead weak references."
      : `No container holds ${PILE} or more dead weak references; --all lists smaller piles.`;
    return;
  }
  const columns = [
    { title: "dead", right: true },
    { title: "alive", right: true },
    { title: "entries", right: true },
    { title: "frees", right: true },
    { title: "id" },
    { title: "container", max: 90 },
  ];
  const cells = rows.map((row) => [
    formatCount(row.dead),
    formatCount(row.alive),
    formatCount(row.entries),
    formatBytes(row.bytes),
    row.id,
    `${row.type} ${row.path ?? row.name}`,
  ]);
  yield* tableLines(columns, cells);
  yield pc.dim(
    "frees: what removing these entries would free; 0 bytes where another container holds them too. To avoid piles, let a callback remove the entry, or use a weak container.",
  );
}

function* staleLines(rows: readonly StaleRow[], all: boolean): Generator<string> {
  if (rows.length === 0) {
    yield "No object stands under a wrong key or several keys of a weak registry, and no pool holds one that is referred to weakly.";
    yield pc.dim("Objects initialised anew elsewhere can't be recognised in one snapshot.");
    return;
  }
  for (const row of rows) {
    yield `${pc.bold(printable(row.name))}  ${row.container}  ${pc.dim(row.kind)}`;
    yield* wrapText(row.evidence, WIDTH).map((line) => `  ${line}`);
    for (const entry of row.entries.slice(0, all ? Infinity : ENTRIES_SHOWN)) {
      const key = entry.key === null ? "" : ` under ${entry.key}`;
      const now = entry.now === null || entry.now === entry.key ? "" : `, now ${entry.now}`;
      yield pc.dim(
        `  ${entry.referent} ${printable(entry.referentName)}${key}${now}, by ${entry.weakref} in ${printable(entry.holder)}`,
      );
    }
    const left = row.count - Math.min(row.entries.length, all ? Infinity : ENTRIES_SHOWN);
    if (left > 0) yield pc.dim(`  … and ${formatCount(left)} more: --all`);
    yield "";
  }
  yield pc.dim("Suspicions: whether an object was initialised anew can't be seen in one snapshot.");
}

function* objectLines(rows: readonly ObjectWeakrefs[]): Generator<string> {
  for (const [i, row] of rows.entries()) {
    if (i > 0) yield "";
    yield `${pc.bold(printable(row.name))}  ${row.id}${row.garbage ? pc.yellow("  garbage") : ""}`;
    if (row.self) yield `It is a weak reference, ${row.self.state}: ${selfText(row.self)}`;
    yield row.weakrefs.length === 0 ? "No weak reference leads to it." : plural(row.weakrefs.length, "weak reference");
    const columns = [
      { title: "id" },
      { title: "type" },
      { title: "held as", max: 50 },
      { title: "callback", max: 40 },
      { title: "" },
    ];
    const cells = row.weakrefs.map((weakref) => [
      weakref.id,
      weakref.type,
      weakref.holder,
      weakref.callback ?? "",
      weakref.location ? placeText(weakref.location) : "",
    ]);
    if (cells.length > 0) yield* tableLines(columns, cells);
    if (row.clears.length === 0) continue;
    yield pc.bold("If it dies, or its weak references are cleared, in this order:");
    yield* row.clears.map((clear, n) => `  ${n + 1}. ${clear.weakref} ${clear.what}`);
    if (row.clears.some(({ runs, drops }) => runs && drops === null))
      yield pc.dim("  What the program's own callbacks do is not known.");
  }
}

function selfText({ referent, referentName, state }: WeakrefRow): string {
  if (referent !== null) return `it refers to ${printable(referentName)} ${referent}`;
  return state === "dead" ? "its object is gone" : "its object is not in the snapshot";
}

function plural(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}
