// mocha's spec reporter that also says which tests took longest, and writes what it counted to the file named by the
// reporter option `counts`. Why a test was skipped stands in the file named by OUROBOROS_SKIPPED (see skip.ts).
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const Mocha = require("mocha");

const SLOWEST = 10;

/** Why a test was skipped: its own reason, or that of a suite around it. */
function skipReason(title) {
  let reasons = [];
  try {
    reasons = readFileSync(process.env.OUROBOROS_SKIPPED, "utf8").trim().split("\n").map(JSON.parse);
  } catch {
    // Nothing gave a reason.
  }
  return reasons.find((one) => title === one.title || title.startsWith(`${one.title} `))?.reason ?? "no reason given";
}

module.exports = class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    const times = [];
    runner.on("pending", (test) => skipped.push(test.fullTitle()));
    runner.on("pass", (test) => times.push({ title: test.fullTitle(), ms: test.duration }));
    runner.once("end", () => {
      const { passes, failures } = runner.stats;
      const reasons = skipped.map((title) => ({ title, reason: skipReason(title) }));
      writeFileSync(options.reporterOptions.counts, JSON.stringify({ passes, failures, skipped: reasons }));
      times.sort((a, b) => b.ms - a.ms);
      console.log("Slowest tests, in seconds:");
      for (const { title, ms } of times.slice(0, SLOWEST)) console.log(`  ${(ms / 1000).toFixed(1)}  ${title}`);
    });
  }
};
