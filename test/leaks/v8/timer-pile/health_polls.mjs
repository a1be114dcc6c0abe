/*
Banners that ask for the health of a sync service again and again, slower when it fails. A banner that is closed while an
answer is under way arms its timer once more, and then for ever.

rule: timer-pile
source: https://github.com/DenchHQ/DenchClaw/pull/210 (the callback that is under way at cleanup schedules a new timer)
names: HealthBanner, watchHealth
planted: HealthBanner
*/
import { setTimeout as delay } from "node:timers/promises";
import v8 from "node:v8";

const LEAKS = process.argv[2] === "leak";
const POLL_EVERY = 5;
const BACKED_OFF = 60_000;

class HealthBanner {
  // <- here
  constructor(workspace) {
    this.workspace = workspace;
    this.closed = false;
    this.history = [];
  }

  async poll() {
    await null;
    for (let peer = 0; peer < 50; peer++) this.history.push({ peer: `peer-${peer}.${this.workspace}`, lag: peer * 3 });
    return this.closed ? BACKED_OFF : POLL_EVERY;
  }
}

function watchHealth(banner) {
  // <- here
  let timer;
  const schedule = (wait) => {
    // <- here
    timer = setTimeout(async () => {
      // <- here
      const next = await banner.poll();
      if (LEAKS || !banner.closed) schedule(next); // <- here
    }, wait);
  };
  schedule(1);
  return () => {
    banner.closed = true;
    clearTimeout(timer);
  };
}

let banners = 0;

/** Opens banners and closes each while its first question is under way. */
async function work() {
  let asked = 0;
  for (let i = 0; i < 200; i++) {
    const banner = new HealthBanner(`workspace-${++banners}`);
    const close = watchHealth(banner);
    const poll = banner.poll.bind(banner);
    banner.poll = () => {
      asked++;
      const answer = poll();
      close();
      return answer.then(() => BACKED_OFF);
    };
  }
  await delay(60);
  if (asked < 200) throw new Error("a banner did not ask");
}

for (const path of process.argv.slice(3)) {
  await work();
  await delay(1);
  v8.writeHeapSnapshot(path);
}
process.exit();
