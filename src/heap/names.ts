import type { HeapGraph, NodeIndex } from "./HeapGraph.js";
import { Kind } from "./kinds.js";

const PREVIEW = 60;
// Control characters and the bidirectional overrides would let a hostile name rewrite the line it stands in.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text made safe for one line of a terminal or a label: controls escaped, cut at `limit` characters. */
export function printable(text: string, limit = 200): string {
  // A high surrogate at the end would be half a character.
  const cut = text.length > limit ? `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
  return cut.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * A short name for a node, on one line: the quoted text of a str, the value of a number,
 * `function NAME`, `module NAME`, `class NAME`, else the type's name.
 */
export function nodeName(graph: HeapGraph, node: NodeIndex): string {
  const { kind, text } = graph.columns;
  const type = printable(graph.typeName(node));
  const value = text[node] === 0 ? undefined : graph.string(text[node]);
  switch (kind[node]) {
    case Kind.str:
      return value === undefined ? type : `'${printable(value, PREVIEW)}'`;
    case Kind.number: {
      const number = graph.numbers.get(node);
      return number === undefined ? type : String(number);
    }
    case Kind.none:
      return "None";
    case Kind.function:
    case Kind.module:
    case Kind.code:
    case Kind.frame:
    case Kind.thread:
    case Kind.generator:
    case Kind.coroutine:
      return value === undefined ? type : `${type} ${printable(value)}`;
    case Kind.type:
      return value === undefined ? "class" : `class ${printable(value)}`;
    default:
      return type;
  }
}
