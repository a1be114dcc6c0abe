import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { type DuplicatesResult, duplicates } from "../../session/queries/duplicates.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSession } from "../run.js";
import { tableLines } from "../table.js";

const ROWS_SHOWN = 30;

/** `ouroboros duplicates FILE`: with `--json` the list of values, or with `--policies` of the what-ifs. */
export async function runDuplicates(
  file: string,
  options: CommonOptions & { readonly policies?: true },
): Promise<void> {
  const result = duplicates(await openSession(file), { all: options.all === true });
  if (options.json) await printJson(options.policies ? result.policies : result.rows);
  else await printLines(options.policies ? policyLines(result) : lines(result, options.all === true));
}

function* lines(result: DuplicatesResult, all: boolean): Generator<string> {
  const { rows, totals } = result;
  const values = totals.reduce((sum, total) => sum + total.values, 0);
  if (values === 0) {
    yield "No two objects that are alive have the same value, constants of code apart.";
    return;
  }
  yield pc.bold("Equal objects, and what one object for each value would save");
  const shown = all ? rows : rows.slice(0, ROWS_SHOWN);
  yield* tableLines(
    [
      { title: "type", max: 20 },
      { title: "objects", right: true },
      { title: "saved", right: true },
      { title: "value", max: 50 },
      { title: "held by", max: 60 },
      { title: "" },
    ],
    shown.map((row) => [
      row.type,
      formatCount(row.count),
      formatBytes(row.saved),
      row.value,
      row.heldBy ?? "",
      row.location ? placeText(row.location) : "",
    ]),
  );
  if (values > shown.length) yield pc.dim(`… and ${formatCount(values - shown.length)} more values: --all`);
  yield "";
  yield pc.bold("By type");
  yield* tableLines(
    [{ title: "type" }, ...["objects", "values", "saved"].map((title) => ({ title, right: true }))],
    totals.map((row) => [row.type, formatCount(row.count), formatCount(row.values), formatBytes(row.saved)]),
  );
  if (result.policies.length === 0) return;
  yield "";
  yield* policyLines(result);
}

function* policyLines({ policies }: DuplicatesResult): Generator<string> {
  yield pc.bold("What if these were shared? Each by itself");
  yield* tableLines(
    [
      { title: "policy" },
      { title: "objects less", right: true },
      { title: "saved", right: true },
      { title: "that is" },
    ],
    policies.map((policy) => [policy.name, formatCount(policy.count), formatBytes(policy.saved), policy.what]),
  );
}
