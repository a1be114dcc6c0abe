/*
Follows the events of security cameras over a connection that redelivers after each gap. Ids that were seen are kept so
that no event is shown twice, though a redelivery goes back by some dozens only.

rule: unbounded-cache
source: https://github.com/mikesvoboda/nemotron-v3-home-security-intelligence/issues/2274 (the Set of seen ids never clears)
names: seenEventIds, EventFeed
planted: "evt-
*/
import v8 from "node:v8";

const LEAKS = process.argv[2] === "leak";
const REDELIVERED = 60;

class EventFeed {
  // <- here
  constructor(camera) {
    // <- here
    this.camera = camera;
    this.seenEventIds = new Set(); // <- here
    this.shown = [];
    this.dropped = 0;
  }

  onMessage(message) {
    // <- here
    const event = JSON.parse(message);
    if (this.seenEventIds.has(event.id)) {
      this.dropped++;
      return;
    }
    this.seenEventIds.add(event.id); // <- here
    if (!LEAKS && this.seenEventIds.size > REDELIVERED) {
      const [oldest] = this.seenEventIds;
      this.seenEventIds.delete(oldest);
    }
    this.shown.push(event);
    if (this.shown.length > 20) this.shown.shift();
  }
}

/** What the broker sends: each 50th message it goes back by 20. */
function* messages(camera, from, amount) {
  for (let number = from; number < from + amount; number++) {
    yield messageOf(camera, number);
    if (number % 50 === 49) for (let again = number - 19; again <= number; again++) yield messageOf(camera, again);
  }
}

function messageOf(camera, number) {
  const id = `evt-${camera}-${number.toString(16).padStart(8, "0")}-${(number * 2654435761).toString(36)}`;
  return JSON.stringify({
    id,
    camera,
    kind: number % 3 ? "motion" : "person",
    box: [number % 640, number % 480, 32, 64],
  });
}

const feeds = ["porch", "garage"].map((camera) => new EventFeed(camera));
let delivered = 0;

function work() {
  const amount = 2500;
  for (const feed of feeds) {
    for (const message of messages(feed.camera, delivered, amount)) feed.onMessage(message);
  }
  delivered += amount;
}

for (const path of process.argv.slice(3)) {
  work();
  if (feeds[0].dropped === 0) throw new Error("nothing was redelivered");
  v8.writeHeapSnapshot(path);
}
