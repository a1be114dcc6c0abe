import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import { type NeighbourRow, object, type ObjectDetails } from "../../session/queries/object.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSession } from "../run.js";
import { tableLines } from "../table.js";

const NEIGHBOURS_SHOWN = 15;

/** `ouroboros object FILE ID` */
export async function runObject(file: string, id: string, options: CommonOptions): Promise<void> {
  const result = object(await openSession(file), id, { all: options.all === true });
  await (options.json ? printJson(result) : printLines(lines(result, options.all === true)));
}

function lines(details: ObjectDetails, all: boolean): string[] {
  const { refcount, references } = details;
  const counted =
    refcount === null
      ? "unknown"
      : `${refcount}: ${references.inside} from the heap` +
        (references.outside === null ? "" : `, ${references.outside} from outside`);
  const rows: [string, string][] = [
    ["type", details.type],
    ["size", `${formatBytes(details.self)}, retains ${formatBytes(details.retained)}`],
    ["references", counted],
    ["state", details.garbage ? "garbage: nothing alive refers to it" : "alive"],
    ["generation", details.generation === null ? "not tracked, or unknown" : String(details.generation)],
    ["flags", details.flags.join(", ") || "none"],
    ["root", details.root || "no"],
    ["path", details.path ?? "none"],
    ["weakrefs", details.weakrefs.join(", ") || "none"],
  ];
  const heading = details.location ? `  ${placeText(details.location)}` : "";
  return [
    `${pc.bold(printable(details.name))}  ${details.id}${heading}`,
    ...rows.map(([name, value]) => `${pc.dim(name.padEnd(12))}${printable(value, 1000)}`),
    "",
    pc.bold(plural(details.referrersTotal, "referrer")),
    ...neighbours(details.referrers, details.referrersTotal, all),
    "",
    pc.bold(plural(details.referentsTotal, "referent")),
    ...neighbours(details.referents, details.referentsTotal, all),
  ];
}

function plural(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

function neighbours(rows: readonly NeighbourRow[], total: number, all: boolean): string[] {
  if (rows.length === 0) return [];
  const shown = all ? rows : rows.slice(0, NEIGHBOURS_SHOWN);
  const columns = [{ title: "label", max: 60 }, { title: "id" }, { title: "standing" }, { title: "name", max: 80 }];
  const cells = shown.map((row) => [printable(row.label), row.id, row.standing, row.name]);
  const lines = tableLines(columns, cells);
  if (total > shown.length) lines.push(pc.dim(`… and ${formatCount(total - shown.length)} more: --all`));
  return lines;
}
