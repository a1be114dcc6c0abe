/*
Calls procedures in another process by message and waits for the answer. A call whose answer never comes is given up by
its caller after a while, but its resolver, the promise and the function that awaits it stay.

rule: promise-pile
source: https://github.com/LiskArchive/wamp-socket-cluster/issues/16 (requests without a response stay in callsResolvers)
names: callsResolvers, WampClient, RpcRequest
planted: RpcRequest
*/
"use strict";
const { EventEmitter } = require("node:events");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";

class RpcRequest {
  constructor(signature, procedure, data) {
    this.type = "/RPCRequest";
    this.signature = signature;
    this.procedure = procedure;
    this.data = data;
  }
}

class WampClient {
  // <- here
  constructor(socket) {
    this.socket = socket;
    this.callsResolvers = {}; // <- here
    this.signatures = 0;
    socket.on("answer", ({ signature, data }) => {
      this.callsResolvers[signature]?.resolve(data);
      delete this.callsResolvers[signature];
    });
  }

  call(procedure, data) {
    // <- here
    const signature = `${procedure}#${++this.signatures}`;
    const request = new RpcRequest(signature, procedure, data);
    return new Promise((resolve, reject) => {
      // <- here
      this.callsResolvers[signature] = { resolve, reject, request }; // <- here
      this.socket.emit("request", request);
    });
  }

  /** Ends the calls that were sent too long ago. */
  expire() {
    if (LEAKS) return;
    for (const [signature, { reject }] of Object.entries(this.callsResolvers)) {
      delete this.callsResolvers[signature];
      reject(new Error(`No answer to ${signature}`));
    }
  }
}

/** The other side: it loses half of what it is sent. */
const socket = new EventEmitter();
socket.on("request", ({ signature, data }) => {
  if (data.height % 2 === 0) setImmediate(() => socket.emit("answer", { signature, data: data.height + 1 }));
});
const client = new WampClient(socket);
let height = 0;

async function sync(block) {
  // <- here
  const answer = await client.call("blocks.next", block); // <- here
  return answer === block.height + 1;
}

async function work() {
  let answered = 0;
  for (let i = 0; i < 600; i++) {
    const transactions = Array.from({ length: 12 }, (_, n) => ({ id: `${height}-${n}`, amount: n }));
    sync({ height: height++, transactions }).then(
      () => answered++,
      () => undefined,
    );
  }
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  client.expire();
  if (answered !== 300) throw new Error("an answer was lost");
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
