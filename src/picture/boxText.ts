import { formatBytes, formatCount } from "../detect/format.js";
import type { NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import { Flag } from "../heap/kinds.js";
import { printable } from "../heap/names.js";
import type { Analysis } from "../model/Analysis.js";
import { cells, cutEnd, cutName } from "./cells.js";
import type { MoreAttributes, ObjectAttributes } from "./graph.js";

const LINE = 34;
// Numbers are not cut, nor what a root is; a line of them may be a little longer, and wraps then.
const LONG_LINE = 40;

/** What is written in a box, and in a longer form beside it. */
export interface BoxText {
  readonly lines: readonly string[];
  readonly description: string;
}

/** Name, type with bytes, references, and why it is a root. */
export function objectText(analysis: Analysis, attributes: ObjectAttributes, location?: SourceLocation): BoxText {
  const { graph, ownership } = analysis;
  const { node, root } = attributes;
  const name = graph.nodeName(node);
  const type = printable(graph.typeName(node));
  const self = graph.columns.selfSize[node];
  const retained = ownership.retained[node];
  const keeps = retained >= 2 * self && retained - self >= 100 ? `, keeps ${formatBytes(retained)}` : "";
  const size = formatBytes(self) + keeps;
  const named = name === type || name.startsWith(`${type} `);
  // A runtime without counts has nothing to say about them.
  const refs = graph.info.has.refcounts ? referencesText(analysis, attributes) : "";
  const detached = graph.hasFlag(node, Flag.detached) ? "detached from its document" : "";
  const what = [named ? name : `${name}, ${type}`, size, refs, detached];
  return {
    lines: [
      name.startsWith("'") ? cutEnd(name, LINE) : cutName(name, LINE),
      named ? size : `${cutName(type, Math.max(12, LINE - cells(size) - 3))} · ${size}`,
      ...(refs === "" ? [] : wrap(refs)),
      ...(detached === "" ? [] : [detached]),
      ...(root === "" ? [] : [cutEnd(`root: ${root}`, LONG_LINE)]),
    ],
    description: describe(analysis, attributes, what.filter((part) => part !== "").join(", "), location),
  };
}

/** How many neighbours are not drawn, and of which types. */
export function moreText({ graph }: Analysis, { node, direction, count, types }: MoreAttributes): BoxText {
  const what = `${formatCount(count)} ${plural(count, direction)}`;
  const name = graph.nodeName(node);
  return {
    lines: [`+ ${what}`, cutEnd(types, LINE)],
    description: `${what} of ${name} more that ${count === 1 ? "is" : "are"} not drawn: ${types}.`,
  };
}

/** "refs 5: 2 here, 2 not drawn, 1 outside": what the reference count is made of. */
function referencesText({ graph, references }: Analysis, { node, here }: ObjectAttributes): string {
  const outside = references.outside[node];
  if (outside < 0) return "refs not counted";
  const hidden = Math.max(0, references.inside[node] - here);
  const parts: [number, string][] = [
    [here, "here"],
    [hidden, "not drawn"],
    [outside, "outside"],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, where]) => `${formatCount(count)} ${where}`);
  const total = `refs ${formatCount(graph.columns.refcount[node])}`;
  return told.length === 0 ? total : `${total}: ${told.join(", ")}`;
}

function describe(
  analysis: Analysis,
  { node, inCycle, onPath, root, hidden }: ObjectAttributes,
  what: string,
  location: SourceLocation | undefined,
): string {
  const left = (["referrers", "referents"] as const).filter((direction) => hidden[direction] > 0);
  const more = left.map((direction) => `${formatCount(hidden[direction])} ${plural(hidden[direction], direction)}`);
  const sentences = [
    what,
    ...(inCycle ? ["In the cycle"] : []),
    ...(onPath ? ["On the marked path"] : []),
    ...(isGarbage(analysis, node) ? ["Garbage"] : []),
    ...(root === "" ? [] : [`Root: ${root}`]),
    ...(more.length > 0 ? [`Not drawn: ${more.join(" and ")}`] : []),
    ...(location ? [`From ${printable(location.file)}${location.line > 0 ? `, line ${location.line}` : ""}`] : []),
  ];
  return `${sentences.join(". ")}.`;
}

/** True for what the collector would free. */
export function isGarbage({ roots }: Analysis, node: NodeIndex): boolean {
  return roots.isGarbage[node] === 1;
}

function plural(count: number, direction: "referrers" | "referents"): string {
  return count === 1 ? direction.slice(0, -1) : direction;
}

/** A list of numbers on as many lines as it needs. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<=, )/)) {
    const last = lines.at(-1);
    if (last !== undefined && cells(last + part) <= LONG_LINE) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd());
}
