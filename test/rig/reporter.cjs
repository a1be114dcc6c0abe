// mocha's spec reporter that also writes what it counted to the file named by the reporter option `counts`.
"use strict";
const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

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
    runner.once("end", () => {
      const { passes, failures } = runner.stats;
      writeFileSync(options.reporterOptions.counts, JSON.stringify({ passes, failures, skipped }));
    });
  }
};
