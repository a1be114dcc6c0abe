// Builds a heap such as programs have and writes a snapshot of it: heap.cjs OUT USERS.
// Classes, cycles, listeners, closures that share a context, containers of all sorts, weak references, errors.
"use strict";
const v8 = require("node:v8");
const { EventEmitter } = require("node:events");

const [, , out, count] = process.argv;
const users = Number(count);
let seed = 12345;
const random = (limit) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % limit;

class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}
class Address {
  constructor(i) {
    this.street = `Street number ${i}`;
    this.zip = String(10000 + (i % 5000));
    this.geo = new Point(i + 0.5, -i - 0.25);
  }
}
class Order {
  constructor(user, i) {
    this.id = i;
    this.user = user;
    this.items = [];
    this.meta = { created: new Date(1e12 + i), tags: ["a", `b${i % 100}`], total: i * 1.5 };
  }
}
class Item {
  constructor(order, k) {
    this.order = order;
    this.sku = `SKU-${k % 997}`;
    this.qty = k % 7;
    this.next = null;
  }
}
class User extends EventEmitter {
  #secret;
  constructor(i) {
    super();
    this.id = i;
    this.name = `user ${i}`;
    this.address = new Address(i);
    this.orders = [];
    this.#secret = { token: `tok${i * 7919}` };
  }
  secret() {
    return this.#secret;
  }
}
class TreeNode {
  constructor(key, value) {
    this.key = key;
    this.value = value;
    this.left = null;
    this.right = null;
    this.parent = null;
  }
}

const app = {
  users: [],
  byName: new Map(),
  sessions: new Set(),
  cache: new Map(),
  handlers: [],
  timers: [],
  weak: [],
  shadows: new WeakMap(),
  seen: new WeakSet(),
  registry: new FinalizationRegistry(() => {}),
  dict: Object.create(null),
  tree: new TreeNode(1 << 29, "root"),
  log: [],
  buffers: [],
  promises: [],
  generators: [],
  symbols: new Map(),
};
globalThis.app = app;

/** The function keeps `big` alive, through the context that it shares with the other one. */
function makeHandler(user, big) {
  const unused = () => big.length;
  const used = (event) => user.id + event;
  return [used, unused][0];
}

function insert(key, value) {
  let node = app.tree;
  for (;;) {
    const side = key < node.key ? "left" : "right";
    if (node[side] === null) {
      node[side] = new TreeNode(key, value);
      node[side].parent = node;
      return;
    }
    node = node[side];
  }
}

function* counter(i) {
  const local = { i };
  while (true) yield local;
}

function addOrder(user, i, j) {
  const order = new Order(user, i * 4 + j);
  user.orders.push(order);
  let previous = null;
  const items = 1 + random(6);
  for (let k = 0; k < items; k++) {
    const item = new Item(order, i + j + k);
    if (previous) previous.next = item;
    else order.first = item;
    previous = item;
    order.items.push(item);
  }
  previous.next = order.items[0];
}

for (let i = 0; i < users; i++) {
  const user = new User(i);
  app.users.push(user);
  app.byName.set(user.name, user);
  const orders = 1 + random(4);
  for (let j = 0; j < orders; j++) addOrder(user, i, j);
  const handler = makeHandler(user, "payload ".repeat(4) + i);
  user.on("change", handler);
  app.handlers.push(handler);
  app.cache.set(`k${i}`, { v: [i, i + 1, i + 2], s: `value:${i}:${random(1e6)}` });
  app.sessions.add({ user, started: i, data: new Map([["a", i], ["b", { n: i }], [user, "x"]]) }); // prettier-ignore
  insert(random(1 << 30), user.address);
  app.shadows.set(user, { shadow: i, back: user, list: [1.5, i + 0.1] });
  if (i % 3 === 0) {
    app.weak.push(new WeakRef(user));
    app.registry.register(user, i);
    app.seen.add(user.address);
  }
  app.dict[`key_${i}`] = i % 2 ? user.address : `string concat ${i}${i % 5 ? user.name : ""}`;
  if (i % 10 === 0) {
    app.buffers.push(new Uint8Array(64), Buffer.alloc(32));
    const fired = new Promise((resolve) => {
      app.timers.push(resolve);
    });
    app.promises.push(fired.then(() => user));
    const generator = counter(i);
    generator.next();
    app.generators.push(generator);
  }
  if (i % 50 === 0) {
    app.symbols.set(Symbol(`s${i}`), /re/g);
    app.log.push(new Error(`e${i}`));
  }
  app.log.push(`[${i}] ${user.name} logged in from ${user.address.street}`);
}
v8.writeHeapSnapshot(out);
