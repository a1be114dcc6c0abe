// A web server under load: server.cjs OUT. express with sessions and a cache of pages; a client of the same process asks
// it some thousand times, over connections that stay open, and has some answers outstanding when the snapshot is taken.
"use strict";
const { once } = require("node:events");
const http = require("node:http");
const { createRequire } = require("node:module");
const { resolve } = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { writeHeapSnapshot } = require("node:v8");

const express = createRequire(resolve(".cache/v8-bench/programs/package.json"))("express");

const REQUESTS = 4000;
const CONNECTIONS = 50;

class Session {
  constructor(id) {
    this.id = id;
    this.visits = [];
    this.cart = new Map();
    this.expires = setTimeout(() => sessions.delete(id), 3_600_000);
  }
}
const sessions = new Map();
const pages = new Map();
const bySession = new WeakMap();
const waiting = [];

const app = express();
app.use((request, _response, next) => {
  const id = request.query.session;
  if (!sessions.has(id)) sessions.set(id, new Session(id));
  request.session = sessions.get(id);
  request.session.visits.push({ path: request.path, at: new Date(), headers: request.rawHeaders });
  bySession.set(request.session, { last: request.url });
  next();
});
app.get("/page/:number", (request, response) => {
  const { number } = request.params;
  if (!pages.has(number)) pages.set(number, { html: `<p>${number}</p>`.repeat(20), rows: [number, { number }] });
  request.session.cart.set(number, pages.get(number));
  response.send(pages.get(number).html);
});
app.get("/wait", (request, response) => {
  waiting.push(() => response.end(request.session.id));
});

async function get(agent, port, path) {
  const request = http.get({ agent, port, path });
  const [response] = await once(request, "response");
  let size = 0;
  for await (const piece of response) size += piece.length;
  return size;
}

async function main() {
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2 * CONNECTIONS });
  let asked = 0;
  const client = async () => {
    while (asked < REQUESTS) {
      const number = asked++;
      await get(agent, port, `/page/${number % 700}?session=s${number % 900}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  for (let i = 0; i < CONNECTIONS; i++) void get(agent, port, `/wait?session=s${i}`).catch(() => {});
  while (waiting.length < CONNECTIONS) await sleep(10);
  writeHeapSnapshot(process.argv[2]);
  process.exit(0);
}
void main();
