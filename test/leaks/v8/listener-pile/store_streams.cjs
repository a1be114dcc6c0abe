/*
Streams the state of a wallet to each page that connects. A stream listens to the store, and ends without telling it.

rule: listener-pile
source: https://github.com/MetaMask/obs-store/pull/7 (streams on one emitter have no way to unsubscribe)
names: StoreStream, ObservableStore, wallet
planted: StoreStream
*/
"use strict";
const { EventEmitter } = require("node:events");
const { Writable } = require("node:stream");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";

class ObservableStore extends EventEmitter {
  // <- here
  constructor(state) {
    super();
    this.state = state;
    this.setMaxListeners(0);
  }

  update(change) {
    this.state = { ...this.state, ...change };
    this.emit("update", this.state);
  }
}

class StoreStream {
  // <- here
  constructor(store, sink) {
    // <- here
    this.store = store;
    this.sink = sink;
    this.sent = [];
    this.handler = (state) => this.send(state); // <- here
    store.on("update", this.handler); // <- here
    this.send(store.state);
  }

  send(state) {
    const chunk = JSON.stringify(state);
    this.sent.push(chunk);
    this.sink.write(chunk);
  }

  destroy() {
    if (!LEAKS) this.store.off("update", this.handler);
    this.sink.destroy();
  }
}

const wallet = new ObservableStore({ network: "mainnet", block: 0, accounts: ["0x8a1f", "0x77c0"] });
const pages = [];

function sinkOf(received) {
  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      received.bytes += chunk.length;
      done();
    },
  });
}

function work() {
  const received = { bytes: 0 };
  for (let i = 0; i < 300; i++) {
    pages.push(new StoreStream(wallet, sinkOf(received)));
    if (pages.length > 6) pages.shift().destroy();
    if (i % 10 === 0) wallet.update({ block: wallet.state.block + 1 });
  }
  if (received.bytes === 0) throw new Error("nothing was sent");
}

async function main() {
  for (const path of process.argv.slice(3)) {
    work();
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    v8.writeHeapSnapshot(path);
  }
}

main();
