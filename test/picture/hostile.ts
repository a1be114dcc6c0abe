import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { Kind } from "../../src/heap/kinds.js";

/** Names that a snapshot can have and a file format, a label or a terminal can trip over. */
export const HOSTILE: readonly string[] = [
  "</text><script>alert(1)</script><text>",
  "\"><image href='http://example.com/x.png' onload='alert(1)'/>",
  "]]><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;&#x41;&amp;",
  '\\" ]; evil [label="x\\',
  "\\N \\G \\L \\n \\l \\r \\",
  "<TABLE><TR><TD>x</TD></TR></TABLE>",
  "<b>html</b>",
  "\u202egnp.exe\u2066\u200f\u061c",
  "\u0000\u0001\u001b[31mred\u001b[0m\u0007\r\n\t\u007f\u009b",
  "\ud800\udbffx\udc00 \uffff\ufffe",
  `a${"\u0301".repeat(400)}`,
  "漢".repeat(100),
  "👩‍👩‍👧".repeat(50),
  "x".repeat(1_000_000),
  `${"<&\"'>".repeat(200_000)}`,
  "a.".repeat(300_000),
  "../../etc/passwd",
  " ",
];

/** A cycle with a name in every place that can have one, and with a neighbour more than is drawn. */
export function hostileHeap(name: string): HeapGraph {
  const heap = new HeapBuilder();
  const owner = heap.node(name, { outside: 1, location: { file: name, line: 3, name } });
  const dict = heap.node("dict", { kind: Kind.dict });
  const fn = heap.node("function", { kind: Kind.function, text: name, location: { file: name, line: 1, name } });
  const str = heap.node("str", { kind: Kind.str, text: name });
  heap.edge(owner, dict, `.${name}`).edge(dict, fn, `['${name}']`).edge(fn, owner, `closure:${name}`);
  heap.edge(fn, owner, `local:${name}`).edge(dict, str, `['${name}']`).edge(owner, str, ".text");
  for (let i = 0; i < 12; i++) heap.edge(dict, heap.node(`${i}${name}`), `['${i}${name}']`);
  return heap.root(name, owner).build();
}
