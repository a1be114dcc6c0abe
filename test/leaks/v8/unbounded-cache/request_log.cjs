/*
A client of a web service that notes each request and answer for its debugging page. The notes go into an array of the
module, which nobody empties where that page is never opened.

rule: unbounded-cache
source: https://github.com/swagger-api/swagger-client/pull/289 (logs are appended to a static array)
names: requestLog, logRequest
planted: LogEntry
*/
"use strict";
const { EventEmitter } = require("node:events");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const FLUSHED_AT = 64;

const requestLog = []; // <- here
const disk = new EventEmitter();
let written = 0;
disk.on("lines", (lines) => (written += lines.length));

class LogEntry {
  constructor(method, url, status, body) {
    this.at = 1700000000000 + requestLog.length;
    this.line = `${method} ${url} ${status}`;
    this.body = body;
  }
}

function logRequest(method, url, status, body) {
  // <- here
  requestLog.push(new LogEntry(method, url, status, body)); // <- here
  if (!LEAKS && requestLog.length >= FLUSHED_AT) {
    disk.emit(
      "lines",
      requestLog.map((entry) => entry.line),
    );
    requestLog.length = 0;
  }
}

class PetStore {
  constructor(host) {
    this.host = host;
    this.requests = 0;
  }

  execute(method, path) {
    this.requests++;
    const url = `https://${this.host}${path}`;
    const body = JSON.stringify({
      id: this.requests,
      name: `pet ${this.requests}`,
      tags: ["a", "b"],
      photoUrls: [url],
    });
    logRequest(method, url, 200, body);
    return JSON.parse(body);
  }
}

const store = new PetStore("petstore.example.com");

function work() {
  let sum = 0;
  for (let i = 0; i < 3000; i++) {
    const pet = store.execute(i % 5 ? "GET" : "PUT", `/v2/pet/${store.requests}`);
    sum += pet.id;
  }
  if (sum === 0) throw new Error("no pets");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
if (!LEAKS && written === 0) throw new Error("nothing was written");
