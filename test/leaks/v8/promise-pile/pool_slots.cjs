/*
Opens a pool of database connections once, guarded by a semaphore. The one who opens it forgets to release it, so each
request that comes meanwhile waits for its turn, which never comes, with its own context.

rule: promise-pile
source: https://github.com/oracle/node-oracledb/issues/676 (a semaphore around createPool, "Oh, I forgot to release the lock")
names: Semaphore, waiters, openPool
planted: RequestContext
*/
"use strict";
const { AsyncLocalStorage } = require("node:async_hooks");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const requestContext = new AsyncLocalStorage();

class RequestContext {
  constructor(id) {
    this.id = id;
    this.headers = { "x-request-id": `req-${id}`, accept: "application/json", cookie: `session=${id * 7919}` };
    this.trace = Array.from({ length: 25 }, (_, step) => ({ step, span: `${id}/${step}` }));
  }
}

class Semaphore {
  // <- here
  constructor(slots) {
    this.slots = slots;
    this.waiters = []; // <- here
  }

  acquire() {
    // <- here
    if (this.slots > 0) {
      this.slots--;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      // <- here
      this.waiters.push(resolve); // <- here
    });
  }

  release() {
    const next = this.waiters.shift();
    if (next) next();
    else this.slots++;
  }
}

const critical = new Semaphore(1);
let pool;
let served = 0;

async function openPool() {
  // <- here
  await critical.acquire(); // <- here
  pool ??= { connections: 4, opened: true };
  if (!LEAKS) critical.release();
  return pool;
}

async function handle() {
  // <- here
  const { opened } = await openPool(); // <- here
  const { id } = requestContext.getStore();
  if (opened && id > 0) served++;
}

let requests = 0;

async function work() {
  for (let i = 0; i < 300; i++) requestContext.run(new RequestContext(++requests), handle);
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  if (served === 0) throw new Error("nobody was served");
}

async function main() {
  for (const path of process.argv.slice(3)) {
    await work();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    v8.writeHeapSnapshot(path);
  }
}

main();
