// `node --import tsx test/leaks/main.ts [RULE[/NAME]] [--python 3.12] [--verbose]`: runs the corpus of leaking programs
// and their innocent twins, and prints for each rule what was found, missed and falsely found.
import { parseArgs } from "node:util";
import { findingsOf, interpretersOf, isAlarm, judge, programs } from "./corpus.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string" }, verbose: { type: "boolean", default: false } },
});
const chosen = programs().filter(({ name }) => positionals.length === 0 || positionals.some((p) => name.startsWith(p)));
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
        if (!values.verbose && !(isAlarm(finding) && (said === "MISSED" || variant === "twin" || placed !== "")))
          continue;
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
