// Runs inside the extension host while the benchmark opens a snapshot: measures how long the host's thread is held up.
// Between two files appearing: OUROBOROS_START and OUROBOROS_STOP. Writes milliseconds to OUROBOROS_DELAY.
const { existsSync, writeFileSync } = require("node:fs");
const { monitorEventLoopDelay } = require("node:perf_hooks");
const { setTimeout: sleep } = require("node:timers/promises");

exports.run = async function run() {
  const { OUROBOROS_START, OUROBOROS_STOP, OUROBOROS_DELAY } = process.env;
  while (!existsSync(OUROBOROS_START)) await sleep(50);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  while (!existsSync(OUROBOROS_STOP)) await sleep(50);
  delay.disable();
  writeFileSync(OUROBOROS_DELAY, JSON.stringify({ most: delay.max / 1e6, p99: delay.percentile(99) / 1e6 }));
};
