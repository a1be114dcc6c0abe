/*
Tests packages one after the other in one process. Each test listens to the signals that end the process, to remove its
folder then, and leaves its listeners there when it is over.

rule: listener-pile
source: https://github.com/nodejs/citgm/pull/108 (listeners for SIGINT and SIGHUP stay when a job is done)
names: cleanUp, PackageTest, SIGINT, SIGHUP
planted: PackageTest
*/
"use strict";
const { createHash } = require("node:crypto");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const SIGNALS = ["SIGINT", "SIGHUP"];

class PackageTest {
  // <- here
  constructor(name, version) {
    this.name = name;
    this.version = version;
    this.folder = `/tmp/citgm/${createHash("sha1").update(`${name}@${version}`).digest("hex")}`;
    this.output = [];
    this.removed = false;
    this.cleanUp = () => {
      // <- here
      this.removed = true;
    };
  }

  start() {
    // <- here
    for (const signal of SIGNALS) process.on(signal, this.cleanUp); // <- here
  }

  run() {
    for (let line = 0; line < 60; line++) {
      this.output.push(`${this.folder}/node_modules/${this.name}/test/${line}.js ok ${line} - ${this.version}`);
    }
    return this.output.length;
  }

  end() {
    this.cleanUp();
    if (!LEAKS) for (const signal of SIGNALS) process.off(signal, this.cleanUp);
  }
}

process.setMaxListeners(0);
const latest = [];
let tests = 0;

function work() {
  let lines = 0;
  for (let i = 0; i < 250; i++) {
    const test = new PackageTest(["lodash", "express", "through2"][i % 3], `4.${++tests}.0`);
    test.start();
    lines += test.run();
    test.end();
    latest.push(test);
    if (latest.length > 5) latest.shift();
  }
  if (lines !== 250 * 60) throw new Error("a line was lost");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
process.exit();
