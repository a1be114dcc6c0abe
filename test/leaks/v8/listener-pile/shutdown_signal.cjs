/*
Loads documents until the service shuts down. Each load combines its own signal with the one for shutdown, and the
listener on the latter stays there when the load is over.

rule: listener-pile
source: https://github.com/jacobheun/any-signal/issues/23 (combining signals adds handlers to a long-lived one for good)
names: anySignal, onAbort, Loader
planted: LoadedDocument
*/
"use strict";
const { setMaxListeners } = require("node:events");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";

class LoadedDocument {
  constructor(id) {
    this.id = id;
    this.paragraphs = Array.from({ length: 40 }, (_, number) => `Paragraph ${number} of document ${id}.`);
    this.aborted = false;
  }
}

/** A signal that aborts as soon as one of several does, and a function to let go of them. */
function anySignal(signals, document) {
  // <- here
  const controller = new AbortController();
  const onAbort = () => {
    // <- here
    document.aborted = true;
    controller.abort();
    clear();
  };
  const clear = () => {
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
  };
  for (const signal of signals) signal.addEventListener("abort", onAbort); // <- here
  return { signal: controller.signal, clear };
}

class Loader {
  // <- here
  constructor() {
    this.shutdown = new AbortController(); // <- here
    this.recent = [];
    setMaxListeners(0, this.shutdown.signal);
  }

  async load(id, own) {
    // <- here
    const document = new LoadedDocument(id);
    const { signal, clear } = anySignal([this.shutdown.signal, own], document);
    await null;
    if (signal.aborted) throw new Error("The load was aborted");
    if (!LEAKS) clear();
    this.recent.push(document);
    if (this.recent.length > 8) this.recent.shift();
    return document.paragraphs.length;
  }
}

const loader = new Loader();
let loads = 0;

async function work() {
  let paragraphs = 0;
  for (let i = 0; i < 300; i++) paragraphs += await loader.load(++loads, new AbortController().signal);
  if (paragraphs !== 300 * 40) throw new Error("a document is not whole");
}

async function main() {
  for (const path of process.argv.slice(3)) {
    await work();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    v8.writeHeapSnapshot(path);
  }
}

main();
