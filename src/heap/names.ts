import type { HeapGraph, NodeIndex } from "./HeapGraph.js";
import { Kind } from "./kinds.js";
import { internalNameOf, V8Group } from "./v8.js";

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
  const value = text[node] === 0 ? undefined : textOf(graph, node);
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
    case Kind.other:
      return value === undefined || value === "" ? type : printable(value);
    default:
      return type;
  }
}

const PARTS: ReadonlySet<string> = new Set(["first", "second"]);

/** The text of a node; V8 keeps texts that were put together as their parts. */
function textOf(graph: HeapGraph, node: NodeIndex): string {
  const { text, type, firstEdge, edgeTo, edgeLabel } = graph.columns;
  let found = "";
  const left = [node];
  // One more than is shown, so that it shows that there is more; bounded also where the parts are in a circle.
  for (let steps = 0; left.length > 0 && found.length <= PREVIEW && steps < PREVIEW; steps++) {
    const part = left.pop()!;
    const joined = graph.types[type[part]]?.name === V8Group.joined;
    if (!joined) found += graph.string(text[part]);
    else
      for (let e = firstEdge[part + 1] - 1; e >= firstEdge[part]; e--) {
        if (PARTS.has(internalNameOf(graph, edgeLabel[e]) ?? "")) left.push(edgeTo[e]);
      }
  }
  return found;
}

/** An address as it is printed: `0x7f…`. */
export function addressText(address: number): string {
  return `0x${address.toString(16)}`;
}
