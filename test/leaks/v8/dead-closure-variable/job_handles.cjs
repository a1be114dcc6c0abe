/*
Accepts jobs with their input and gives out handles to cancel them. The input is compressed at once, in a block of its
own, yet the handle's method was made there too and keeps the whole input until the handle goes.

rule: dead-closure-variable
source: https://github.com/nodejs/node/issues/11645 (a method that does nothing keeps bigData and innerData)
names: jobInput
grows: no
planted: "input of job
*/
"use strict";
const { deflateRawSync } = require("node:zlib");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const ACTIVE = 50;

const handles = new Map();
let jobs = 0;

class JobHandle {
  constructor(id, size, cancel) {
    this.id = id;
    this.size = size;
    this.cancel = cancel;
  }
}

function acceptJob(id, jobInput) {
  // <- here
  let handle;
  (function prepare() {
    // <- here
    const packed = deflateRawSync(jobInput);
    handle = new JobHandle(id, packed.length, LEAKS ? () => handles.delete(id) : cancelOf(id)); // <- here
  })();
  handles.set(id, handle);
  return handle;
}

/** Apart from the input, so that the function does not see it. */
function cancelOf(id) {
  return () => handles.delete(id);
}

function inputOf(id) {
  return Buffer.alloc(30000, `input of job ${id}, `).toString("latin1");
}

function work() {
  let packed = 0;
  for (let i = 0; i < 200; i++) {
    jobs++;
    packed += acceptJob(jobs, inputOf(jobs)).size;
    handles.get(jobs - ACTIVE)?.cancel();
  }
  if (packed === 0 || handles.size > ACTIVE) throw new Error("jobs were not cancelled");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
