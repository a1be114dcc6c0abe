/*
Remembers weakly to which panel the focus returns when a dialog closes. The branch for runtimes without WeakRef has a
closure over the panel itself; so the panel is in the context which the other closure shares, and lives on.

rule: dead-closure-variable
source: https://github.com/theKashey/focus-lock/issues/79 (the context of weakRef keeps the value that it refers to weakly)
names: focusTarget
grows: no
planted: Panel
*/
"use strict";
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";

class Panel {
  constructor(number) {
    this.title = `Panel ${number}`;
    this.rows = Array.from({ length: 300 }, (_, row) => ({ row, label: `cell ${number}/${row}`, selected: false }));
  }

  focus() {
    this.rows[0].selected = true;
    return this.title;
  }
}

function weakRef(focusTarget) {
  // <- here
  if (typeof WeakRef === "undefined") return () => focusTarget; // <- here
  const reference = new WeakRef(focusTarget);
  return () => reference.deref() ?? null; // <- here
}

/** The same in two functions, so that each closure has a context of its own. */
function weakRefApart(value) {
  return typeof WeakRef === "undefined" ? strongly(value) : weakly(new WeakRef(value));
}

function strongly(value) {
  return () => value;
}

function weakly(reference) {
  return () => reference.deref() ?? null;
}

const returnTo = [];
let panels = 0;

/** Opens a dialog above a panel and closes it; the panel itself goes with its page. */
function visit() {
  const panel = new Panel(++panels);
  returnTo.push((LEAKS ? weakRef : weakRefApart)(panel));
  if (returnTo.length > 60) returnTo.shift();
  return returnTo.at(-1)()?.focus() ?? "";
}

function work() {
  for (let i = 0; i < 150; i++) if (visit() === "") throw new Error("the focus was lost");
}

async function main() {
  for (const path of process.argv.slice(3)) {
    work();
    // What a WeakRef has given out lives to the end of the turn.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    v8.writeHeapSnapshot(path);
  }
}

main();
