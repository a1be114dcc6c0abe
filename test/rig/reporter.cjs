// mocha's spec reporter that also says which tests took longest, and writes what it counted to the file named by the
// reporter option `counts`.
"use strict";
const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

const SLOWEST = 10;
const LONGEST_REASON = 500;

/** Why a test was skipped (see skip.ts), from the test or a suite around it. */
function skipReason(test) {
  for (let at = test; at; at = at.parent) if (at.skipReason) return at.skipReason;
  return "no reason given";
}

/** The beginning of an error's message, for a list. */
function reasonOf(error) {
  return String(error?.message ?? error).slice(0, LONGEST_REASON);
}

module.exports = class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    const failed = [];
    const times = [];
    runner.on("pending", (test) => skipped.push({ title: test.fullTitle(), reason: skipReason(test) }));
    runner.on("fail", (test, error) => failed.push({ title: test.fullTitle(), reason: reasonOf(error) }));
    runner.on("pass", (test) => times.push({ title: test.fullTitle(), ms: test.duration }));
    runner.once("end", () => {
      const { passes, failures } = runner.stats;
      writeFileSync(options.reporterOptions.counts, JSON.stringify({ passes, failures, failed, skipped }));
      times.sort((a, b) => b.ms - a.ms);
      console.log("Slowest tests, in seconds:");
      for (const { title, ms } of times.slice(0, SLOWEST)) console.log(`  ${(ms / 1000).toFixed(1)}  ${title}`);
    });
  }
};
