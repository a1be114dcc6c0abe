/*
Limits the connections to a relay and closes those that are silent for half an hour. The timers for it are kept in a list
and not cleared when a client hangs up before.

rule: timer-pile
source: https://github.com/hiero-ledger/hiero-json-rpc-relay/pull/5275 (startInactivityTTLTimer is not cleared on close)
names: ConnectionLimiter, inactivityTimers, startInactivityTimer
planted: RelaySocket
*/
"use strict";
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const INACTIVITY = 30 * 60_000;

class RelaySocket {
  constructor(id, address) {
    this.id = id;
    this.address = address;
    this.subscriptions = [];
    this.open = true;
  }

  subscribe(topic) {
    this.subscriptions.push({ topic, filter: { address: `0x${this.id.padStart(40, "0")}`, topics: [topic, null] } });
  }
}

class ConnectionLimiter {
  // <- here
  constructor(limit) {
    this.limit = limit;
    this.connected = new Set();
    this.inactivityTimers = []; // <- here
  }

  connect(socket) {
    if (this.connected.size >= this.limit) throw new Error(`More than ${this.limit} connections`);
    this.connected.add(socket);
    this.startInactivityTimer(socket);
  }

  startInactivityTimer(socket) {
    // <- here
    const timer = setTimeout(() => {
      // <- here
      socket.open = false;
      this.connected.delete(socket);
    }, INACTIVITY);
    this.inactivityTimers.push({ id: socket.id, timer }); // <- here
  }

  disconnect(socket) {
    socket.open = false;
    this.connected.delete(socket);
    if (LEAKS) return;
    const place = this.inactivityTimers.findIndex(({ id }) => id === socket.id);
    clearTimeout(this.inactivityTimers[place].timer);
    this.inactivityTimers.splice(place, 1);
  }
}

const limiter = new ConnectionLimiter(10);
let sockets = 0;

function work() {
  const open = [];
  for (let i = 0; i < 400; i++) {
    const socket = new RelaySocket(`${++sockets}`, `10.1.${i % 250}.7`);
    limiter.connect(socket);
    for (const topic of ["logs", "newHeads", "pending"]) socket.subscribe(topic);
    open.push(socket);
    if (open.length === 10) limiter.disconnect(open.shift());
  }
  for (const socket of open) limiter.disconnect(socket);
  if (limiter.connected.size > 0) throw new Error("a socket is still connected");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
process.exit();
