/*
Spreads the keys of a session store over cache servers by consistent hashing. The ring remembers the server of each key,
and forgets them only when a server comes or goes.

rule: unbounded-cache
source: https://github.com/3rd-Eden/node-hashring/issues/8 (the cache of keys leaks when there are too many of them)
names: HashRing
planted: Placement
*/
"use strict";
const { createHash } = require("node:crypto");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const LIFE = 100; // lookups that a placement is remembered for

class Placement {
  constructor(server, replicas, expires) {
    this.server = server;
    this.replicas = replicas;
    this.expires = expires;
  }
}

class HashRing {
  // <- here
  constructor(servers) {
    // <- here
    this.points = [];
    this.cache = Object.create(null); // <- here
    this.lookups = 0;
    for (const server of servers) {
      for (let point = 0; point < 40; point++) this.points.push({ hash: hashOf(`${server}-${point}`), server });
    }
    this.points.sort((a, b) => a.hash - b.hash);
  }

  get(key) {
    // <- here
    this.lookups++;
    if (!LEAKS && this.lookups % LIFE === 0) this.sweep();
    return (this.cache[key] ??= this.find(key)); // <- here
  }

  find(key) {
    const hash = hashOf(key);
    const found = this.points.findIndex((point) => point.hash >= hash);
    const first = found < 0 ? 0 : found;
    const replicas = [1, 2].map((step) => this.points[(first + step) % this.points.length].server);
    return new Placement(this.points[first].server, replicas, this.lookups + LIFE);
  }

  sweep() {
    for (const key of Object.keys(this.cache)) {
      if (this.cache[key].expires <= this.lookups) delete this.cache[key];
    }
  }
}

function hashOf(text) {
  return createHash("md5").update(text).digest().readUInt32LE(0);
}

const ring = new HashRing(["10.0.0.11:11211", "10.0.0.12:11211", "10.0.0.13:11211"]);
let sessions = 0;

function work() {
  const load = new Map();
  for (let i = 0; i < 3000; i++) {
    const { server } = ring.get(`session:${(++sessions).toString(16).padStart(12, "0")}`);
    load.set(server, (load.get(server) ?? 0) + 1);
  }
  if (load.size !== 3) throw new Error("a server was left out");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
