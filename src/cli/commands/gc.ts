import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import type { CollectionOptions } from "../../model/collector.js";
import { gc } from "../../session/queries/gc.js";
import { needCPython } from "../../session/runtime.js";
import type { Session } from "../../session/Session.js";
import { printJson, printLines } from "../output.js";
import { type CommonOptions, openSession } from "../run.js";
import { tableLines } from "../table.js";

const TYPES_SHOWN = 15;

/** `ouroboros gc FILE` */
export async function runGc(file: string, options: CommonOptions & CollectionOptions): Promise<void> {
  const session = await openSession(file);
  needCPython(session, "What a collection does");
  await (options.json ? printJson(gc(session, options)) : printLines(gcLines(session, options)));
}

function collectionName({ generation = 2 }: CollectionOptions): string {
  return generation === 2 ? "full collection" : `collection of generation ${generation}`;
}

function gcLines(session: Session, options: CollectionOptions): string[] {
  const { graph, analysis } = session;
  const { verdict, outcome } = analysis.collection(options);
  const byType = new Map<string, { count: number; bytes: number }>();
  let bytes = 0;
  for (const node of verdict.unreachable) {
    const name = graph.typeName(node);
    const row = byType.get(name) ?? { count: 0, bytes: 0 };
    row.count++;
    row.bytes += graph.columns.selfSize[node];
    bytes += graph.columns.selfSize[node];
    byType.set(name, row);
  }
  const found = verdict.unreachable.length;
  const lines = [
    pc.bold(`${formatCount(found)} unreachable objects, ${formatBytes(bytes)}`) +
      `, of ${formatCount(verdict.examined.length)} that a ${collectionName(options)} examines`,
  ];
  if (outcome.died.length > 0) {
    lines.push(
      `it would free ${formatCount(outcome.died.length)} objects, ${formatBytes(outcome.bytes)}: these, and what only they hold`,
    );
  }
  if (outcome.uncollectable.length > 0) {
    lines.push(pc.red(`${formatCount(outcome.uncollectable.length)} of them can't be collected (legacy finalizers)`));
  }
  if (outcome.kept.length > 0) {
    lines.push(
      pc.red(
        `${formatCount(outcome.kept.length)} of them it finds each time and can't clear (no tp_clear in the cycle)`,
      ),
    );
  }
  const callbacks = outcome.events.filter((event) => event.kind === "callback").length;
  const finalizers = outcome.events.length - callbacks;
  if (finalizers > 0) lines.push(`${formatCount(finalizers)} finalizers would run`);
  if (callbacks > 0) lines.push(`${formatCount(callbacks)} weakref callbacks would run`);
  for (const reason of analysis.doubts(outcome, "collection"))
    lines.push(pc.yellow(`uncertain: ${printable(reason, 500)}`));
  if (found === 0) return lines;
  const rows = [...byType].sort((a, b) => b[1].bytes - a[1].bytes);
  const shown = rows.slice(0, TYPES_SHOWN).map(([name, row]) => [formatCount(row.count), formatBytes(row.bytes), name]);
  const columns = [
    { title: "objects", right: true },
    { title: "bytes", right: true },
    { title: "type", max: 80 },
  ];
  lines.push("", ...tableLines(columns, shown));
  if (rows.length > TYPES_SHOWN) lines.push(pc.dim(`… and ${rows.length - TYPES_SHOWN} more types`));
  lines.push("", pc.dim("--json lists the objects in the collector's order; cycles shows how they hang together."));
  return lines;
}
