/*
Renders reports a moment after they are asked for and gives out functions that cancel it. Rendering is done and its
closure gone, but the cancelling function was made beside it and keeps the rows in their common context.

rule: dead-closure-variable
source: https://techecho.bigdataflowing.com/zh/item/41111062 (bigArrayBuffer outlives the timer through the cleanup closure)
names: rawSamples
grows: no
planted: Samples
*/
"use strict";
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const OPEN_TABS = 40;

class Samples {
  constructor(report) {
    this.report = report;
    this.values = new Float64Array(5000).map((_, index) => Math.sin(index * report));
    this.labels = Array.from({ length: 100 }, (_, index) => `report ${report}, bin ${index}`);
  }

  mean() {
    return this.values.reduce((sum, value) => sum + value, 0) / this.values.length;
  }
}

const cancellers = new Map();
const means = [];
let reports = 0;

function schedule(report) {
  // <- here
  const rawSamples = new Samples(report); // <- here
  const timer = Number(setTimeout(() => means.push(rawSamples.mean()), 1)); // <- here
  return () => clearTimeout(timer); // <- here
}

function scheduleApart(report) {
  return cancellerOf(render(new Samples(report)));
}

function render(samples) {
  return Number(setTimeout(() => means.push(samples.mean()), 1));
}

function cancellerOf(timer) {
  return () => clearTimeout(timer);
}

/** Each open tab has its function to cancel, until another tab takes its place. */
function work() {
  return new Promise((resolve) => {
    for (let i = 0; i < 120; i++) {
      reports++;
      cancellers.set(reports % OPEN_TABS, (LEAKS ? schedule : scheduleApart)(reports));
    }
    setTimeout(resolve, 20);
  });
}

async function main() {
  for (const path of process.argv.slice(3)) {
    await work();
    if (means.splice(0).length === 0) throw new Error("nothing was rendered");
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    v8.writeHeapSnapshot(path);
  }
}

main();
