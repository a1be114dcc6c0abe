/*
A web server that has answered 200 requests over real connections, with a store of sessions that is bounded.
*/
"use strict";
const http = require("node:http");
const v8 = require("node:v8");

const MAX_SESSIONS = 40;

class Session {
  constructor(id) {
    this.id = id;
    this.visits = 0;
    this.cart = [];
  }
}

class SessionStore {
  sessions = new Map();

  get(id) {
    const session = this.sessions.get(id) ?? new Session(id);
    this.sessions.delete(id);
    this.sessions.set(id, session);
    if (this.sessions.size > MAX_SESSIONS) this.sessions.delete(this.sessions.keys().next().value);
    return session;
  }
}

const store = new SessionStore();

const server = http.createServer(async (request, response) => {
  const id = /session=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "none";
  const session = store.get(id);
  session.visits++;
  let body = "";
  for await (const chunk of request) body += chunk;
  if (request.method === "POST") session.cart.push(JSON.parse(body).item);
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ id, visits: session.visits, cart: session.cart }));
});

const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });

function ask(number) {
  return new Promise((resolve, reject) => {
    const { port } = server.address();
    const method = number % 3 === 0 ? "POST" : "GET";
    const headers = { cookie: `session=user${number % 90}`, "x-request-id": `request-${number}` };
    const request = http.request({ agent, port, method, path: `/cart?${number}`, headers }, (response) => {
      response.setEncoding("utf8");
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(JSON.parse(body)));
    });
    request.on("error", reject);
    request.end(method === "POST" ? JSON.stringify({ item: `article-${number}` }) : "");
  });
}

async function work() {
  let visits = 0;
  for (let number = 0; number < 200; number += 4) {
    const answers = await Promise.all([0, 1, 2, 3].map((step) => ask(number + step)));
    for (const answer of answers) visits += answer.visits;
  }
  if (visits < 200) throw new Error("a request was not answered");
}

server.listen(0, "127.0.0.1", async () => {
  for (const path of process.argv.slice(2)) {
    await work();
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    v8.writeHeapSnapshot(path);
  }
  process.exit();
});
