import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { coroutineName, describeTask, type Task } from "../tasks.js";
import { aliveOf, groupBy, retainedTogether } from "../together.js";

const MANY = 50;

/** asyncio's tasks that pile up: many that wait at one line, or many that are done and kept. */
export const taskPile: Detector = {
  rule: "task-pile",
  detect(analysis) {
    const tasks = [...aliveOf(analysis, Kind.task)].map((task) => describeTask(analysis, task));
    const { graph } = analysis;
    const groups = groupBy(tasks, ({ coroutine, innermost, isDone }) => {
      const place = coroutine === undefined ? undefined : graph.location(coroutine);
      const line = innermost === undefined ? undefined : graph.facts.suspendedLine?.get(innermost);
      return [isDone, place?.file, place?.line, line].join("\0");
    });
    return [...groups.values()].flatMap((group) => (group.length < MANY ? [] : [finding(analysis, group)]));
  },
};

function finding(analysis: Analysis, group: readonly Task[]): Finding {
  const { graph } = analysis;
  const [{ task, coroutine, innermost, isDone }] = group;
  const tasks = group.map((one) => one.task);
  const bytes = retainedTogether(analysis, tasks);
  const nameOf = (node: NodeIndex | undefined) =>
    node === undefined
      ? "a coroutine"
      : `${printable((coroutineName(graph, node) ?? graph.typeName(node)).split(".").at(-1)!)}()`;
  const holder = holdersOf(analysis).of(task);
  const line = innermost === undefined ? undefined : graph.facts.suspendedLine?.get(innermost);
  const own = coroutine === undefined ? undefined : graph.location(coroutine);
  const location = isDone ? (holder?.location ?? own) : own;
  const place = holder ? printable(holder.name) : "";
  return {
    rule: "task-pile",
    severity: "warning",
    title: {
      id: isDone ? "tasks.title-done" : "tasks.title",
      arguments: { count: group.length, name: nameOf(coroutine), bytes },
    },
    why: isDone
      ? { id: holder ? "tasks.why-done" : "tasks.why-done-unnamed", arguments: { place } }
      : line === undefined
        ? { id: "tasks.why", arguments: {} }
        : {
            id: "tasks.why-line",
            arguments: { name: nameOf(innermost), file: fileOf(graph.location(innermost!)?.file), line: String(line) },
          },
    fix: { id: isDone ? "tasks.fix-done" : "tasks.fix", arguments: {} },
    count: group.length,
    bytes,
    objects: tasks,
    fingerprint: fingerprint("task-pile", isDone ? "done" : "pending", own?.name ?? ""),
    ...(location && { location }),
    ...(isDone && holder?.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, task, 1)[0]?.steps ?? [],
  };
}

function fileOf(file: string | undefined): string {
  return printable(file?.split(/[\\/]/).at(-1) ?? "");
}
