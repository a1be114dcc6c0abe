/*
Parses documents into trees whose nodes know their parent, as those of the DOM do, with listeners that close over the
node that they are registered at. All of it is cyclic; V8's collector takes it as it takes anything else.

rule: object-cycle
variants: twin
source: http://javascriptkit.com/javatutors/closuresleak/ (cycles between nodes and closures, a leak in Internet Explorer 6)
names: OutlineNode, parent
planted: OutlineNode
*/
"use strict";
const { EventEmitter } = require("node:events");
const v8 = require("node:v8");

class OutlineNode extends EventEmitter {
  constructor(title, parent) {
    super();
    this.title = title;
    this.parent = parent;
    this.children = [];
    this.previous = null;
    this.next = null;
    this.on("select", () => this.parent?.emit("select"));
  }

  append(title) {
    const child = new OutlineNode(title, this);
    child.previous = this.children.at(-1) ?? null;
    if (child.previous) child.previous.next = child;
    this.children.push(child);
    return child;
  }
}

class OutlineDocument {
  constructor(text) {
    this.root = new OutlineNode("root", null);
    this.selected = 0;
    this.root.on("select", () => this.selected++);
    const levels = [this.root];
    for (const line of text.split("\n")) {
      const depth = line.lastIndexOf("#") + 1;
      levels[depth] = levels[depth - 1].append(line.slice(depth).trim());
    }
  }

  last() {
    let node = this.root;
    while (node.children.length > 0) node = node.children.at(-1);
    return node;
  }
}

function textOf(number) {
  const lines = [];
  for (let chapter = 0; chapter < 8; chapter++) {
    lines.push(`# Chapter ${chapter} of ${number}`);
    for (let section = 0; section < 4; section++) lines.push(`## Section ${chapter}.${section}`);
  }
  return lines.join("\n");
}

let open = null;
let documents = 0;

/** Opens one document after the other; the last stays open. */
function work() {
  for (let i = 0; i < 150; i++) {
    open = new OutlineDocument(textOf(++documents));
    open.last().emit("select");
    if (open.selected !== 1) throw new Error("the root was not told");
  }
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
