// `node --import tsx test/leaks/main.ts [python|v8] [RULE[/NAME]] [--python 3.12] [--node 22] [--verbose]`: runs the corpus
// of leaking programs and their innocent twins, and prints for each rule what was found, missed and falsely found.
import { parseArgs } from "node:util";
import { findingsOf, interpretersOf, isAlarm, judge, programs } from "./corpus.js";
import { runV8 } from "./v8/main.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string" }, node: { type: "string" }, verbose: { type: "boolean", default: false } },
});
const { node, verbose } = values;
const runtime = ["python", "v8"].find((name) => name === positionals[0]);
const names = runtime === undefined ? positionals : positionals.slice(1);
const chosen =
  runtime === "v8" ? [] : programs().filter(({ name }) => names.length === 0 || names.some((p) => name.startsWith(p)));
const totals = new Map<string, { found: number; missed: number; false: number; placed: number }>();

for (const program of chosen) {
  const { rule, name } = program;
  const total = totals.get(rule) ?? { found: 0, missed: 0, false: 0, placed: 0 };
  totals.set(rule, total);
  const interpreters = interpretersOf(program).filter(
    (python) => values.python === undefined || python.name.startsWith(`${values.python}.`),
  );
  for (const python of interpreters) {
    for (const variant of ["leak", "twin"] as const) {
      const findings = await findingsOf(program, variant, python);
      const own = findings.filter((finding) => finding.rule === rule && isAlarm(finding));
      const judged = own.map((finding) => judge(program, finding));
      const hit = judged.some(({ named }) => named);
      if (variant === "leak") {
        total[hit ? "found" : "missed"]++;
        if (judged.some(({ named, placed }) => named && placed)) total.placed++;
      } else if (own.length > 0) total.false++;
      const said = variant === "leak" ? (hit ? "found" : "MISSED") : own.length > 0 ? "FALSE" : "quiet";
      const placed = hit && !judged.some(({ named, placed }) => named && placed) ? ", not at its line" : "";
      process.stdout.write(`${name} ${python.name} ${variant}: ${said}${placed}\n`);
      for (const [i, finding] of findings.entries()) {
        if (!verbose && !(isAlarm(finding) && (said === "MISSED" || variant === "twin" || placed !== ""))) continue;
        if (i > 12) break;
        const place = finding.location ? ` ${finding.location.file.split("/").at(-1)}:${finding.location.line}` : "";
        process.stdout.write(`    ${finding.severity} ${finding.rule}${place}: ${finding.title.slice(0, 200)}\n`);
      }
    }
  }
}
for (const [rule, total] of totals) {
  process.stdout.write(
    `${rule}: found ${total.found} (${total.placed} at a marked line), missed ${total.missed}, false ${total.false}\n`,
  );
}
// A rule's name alone means Python's programs: some rules are of both.
if (runtime === "v8" || positionals.length === 0) await runV8({ names, node, verbose });
