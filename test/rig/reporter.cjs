// mocha's spec reporter that also says where the time went, and writes what it counted to the file named by the
// reporter option `counts`.
"use strict";
const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

const SLOWEST = 15;

/** Why a test was skipped (see skip.ts), from the test or a suite around it. */
function skipReason(test) {
  for (let at = test; at; at = at.parent) if (at.skipReason) return at.skipReason;
  return "no reason given";
}

module.exports = class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on("pending", (test) => skipped.push({ title: test.fullTitle(), reason: skipReason(test) }));
    const times = [];
    let begun = 0;
    runner.on("suite", (suite) => {
      if (suite.parent?.root) begun = Date.now();
    });
    runner.on("suite end", (suite) => {
      if (suite.parent?.root) times.push({ title: suite.title, ms: Date.now() - begun });
    });
    runner.once("end", () => {
      times.sort((a, b) => b.ms - a.ms);
      console.log("Slowest suites, in seconds:");
      for (const { title, ms } of times.slice(0, SLOWEST)) console.log(`  ${(ms / 1000).toFixed(1)}  ${title}`);
      const { passes, failures } = runner.stats;
      writeFileSync(options.reporterOptions.counts, JSON.stringify({ passes, failures, skipped }));
    });
  }
};
