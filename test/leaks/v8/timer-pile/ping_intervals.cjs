/*
Shares documents over web sockets. Each connection is pinged at an interval to see whether it is still there, and the
interval goes on when a connection is closed from the other side.

rule: timer-pile
source: https://github.com/yjs/y-websocket/pull/30 (clearInterval was not called when a client disconnects)
names: setupConnection, pingInterval
planted: Connection
*/
"use strict";
const { EventEmitter } = require("node:events");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const PING_EVERY = 30_000;

class Connection extends EventEmitter {
  constructor(id) {
    super();
    this.id = id;
    this.pings = 0;
    this.buffered = [];
  }

  send(message) {
    this.buffered.push(`${this.id}: ${message}`);
  }

  ping() {
    this.pings++;
  }

  close() {
    this.emit("close");
  }
}

const documents = new Map();

function documentOf(name) {
  let document = documents.get(name);
  if (document === undefined) documents.set(name, (document = { name, updates: 0, connections: new Set() }));
  return document;
}

function setupConnection(connection, name) {
  // <- here
  const document = documentOf(name);
  document.connections.add(connection);
  connection.on("message", (update) => {
    document.updates++;
    for (const other of document.connections) other.send(update);
  });
  const pingInterval = setInterval(() => {
    // <- here
    if (document.connections.has(connection)) connection.ping();
  }, PING_EVERY);
  connection.on("close", () => {
    document.connections.delete(connection);
    if (!LEAKS) clearInterval(pingInterval);
  });
}

let connections = 0;
const open = [];

function work() {
  for (let i = 0; i < 300; i++) {
    const connection = new Connection(`client-${++connections}`);
    setupConnection(connection, `notes-${i % 5}`);
    open.push(connection);
    for (let update = 0; update < 5; update++) connection.emit("message", `insert ${update} at ${i}`);
    if (open.length > 10) open.shift().close();
  }
  if (documents.get("notes-0").updates === 0) throw new Error("no update came through");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
process.exit();
