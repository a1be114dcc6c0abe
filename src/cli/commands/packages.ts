import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { type PackageRow, packages } from "../../session/queries/packages.js";
import { printJson, printLines } from "../output.js";
import { type CommonOptions, openSession } from "../run.js";
import { tableLines } from "../table.js";

const SHOWN = 30;
const MODULES_SHOWN = 5;

/** `ouroboros packages FILE` */
export async function runPackages(file: string, options: CommonOptions): Promise<void> {
  const rows = packages(await openSession(file));
  await (options.json ? printJson(rows) : printLines(lines(rows, options.all === true)));
}

function* lines(rows: readonly PackageRow[], all: boolean): Generator<string> {
  const shown = all ? rows : rows.slice(0, SHOWN);
  const columns = [
    { title: "retained", right: true },
    { title: "own", right: true },
    { title: "modules", right: true },
    { title: "package or module", max: 60 },
    { title: "" },
  ];
  const cells = shown.flatMap((row) => [
    [formatBytes(row.retained), formatBytes(row.own), formatCount(row.modules.length), row.package, originText(row)],
    ...(row.modules.length < 2 ? [] : row.modules.slice(0, all ? Infinity : MODULES_SHOWN)).map((module) => [
      formatBytes(module.retained),
      formatBytes(module.own),
      "",
      `  ${module.name}`,
      "",
    ]),
  ]);
  yield* tableLines(columns, cells, (text, _, row) =>
    row < 0 ? pc.dim(text) : cells[row][2] === "" ? pc.dim(text) : text,
  );
  if (rows.length > shown.length) yield pc.dim(`… and ${formatCount(rows.length - shown.length)} more: --all`);
  yield pc.dim(
    "own: modules, classes, functions and code. retained: with the data that only they keep; what several keep is in none.",
  );
}

function originText({ origin, distribution }: PackageRow): string {
  if (distribution) return `${distribution.name} ${distribution.version}`;
  return origin === "installed" ? "installed" : origin === "program" ? "program" : "";
}
