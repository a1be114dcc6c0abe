import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { types, type TypeRow } from "../../session/queries/types.js";
import { printJson, printLines } from "../output.js";
import { type CommonOptions, openSession } from "../run.js";
import { tableLines } from "../table.js";

const TYPES_SHOWN = 30;

/** `ouroboros types FILE` */
export async function runTypes(file: string, options: CommonOptions): Promise<void> {
  const rows = types(await openSession(file));
  await (options.json ? printJson(rows) : printLines(lines(rows, options.all ? rows.length : TYPES_SHOWN)));
}

function lines(rows: readonly TypeRow[], limit: number): string[] {
  const columns = [
    { title: "objects", right: true },
    { title: "bytes", right: true },
    { title: "garbage", right: true },
    { title: "type", max: 80 },
  ];
  const cells = rows
    .slice(0, limit)
    .map((row) => [
      formatCount(row.count),
      formatBytes(row.bytes),
      row.garbage ? formatCount(row.garbage) : "",
      row.type,
    ]);
  const out = tableLines(columns, cells);
  if (rows.length > limit) out.push(pc.dim(`… and ${formatCount(rows.length - limit)} more types: --all`));
  out.push(pc.dim("retained --type NAME lists the objects of one type."));
  return out;
}
