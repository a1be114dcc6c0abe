/*
Keeps the configuration of a service and reads it anew when it changes. A function that logs what has changed is made at
each reload but not called unless asked for, and it shares its context with the getter of the new configuration: each one
keeps the one before it.

rule: dead-closure-variable
source: https://github.com/Aaaaaaaty/blog/issues/17 (Meteor's replaceThing, originalThing and the function that is not used)
names: previousConfig
planted: Settings
*/
"use strict";
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const VERBOSE = process.env.CONFIG_VERBOSE === "1";

class Settings {
  constructor(version) {
    this.version = version;
    this.flags = Array.from({ length: 400 }, (_, flag) => ({ name: `flag-${flag}`, rollout: (flag * version) % 100 }));
    this.template = Buffer.alloc(8000, `release ${version}; `).toString("latin1");
  }
}

let current = { version: 0, get: () => undefined };
let reloads = 0;

function reload(version) {
  // <- here
  let previousConfig = current; // <- here
  const settings = new Settings(version);
  const logChanges = () => {
    // <- here
    for (const { name, rollout } of settings.flags) {
      const before = previousConfig.get(name)?.rollout;
      if (before !== rollout) process.stderr.write(`${name}: ${before} -> ${rollout}\n`);
    }
  };
  if (VERBOSE) logChanges();
  current = {
    version,
    get(name) {
      // <- here
      return settings.flags.find((flag) => flag.name === name);
    },
  };
  if (!LEAKS) previousConfig = null;
}

/** Answers requests between two reloads. */
function serve(requests) {
  let enabled = 0;
  for (let i = 0; i < requests; i++) {
    const { rollout } = current.get(`flag-${i % 400}`);
    if (rollout > i % 100) enabled++;
  }
  return enabled;
}

function work() {
  let enabled = 0;
  for (let i = 0; i < 60; i++) {
    reload(++reloads);
    enabled += serve(500);
  }
  if (enabled === 0) throw new Error("no flag is on");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
