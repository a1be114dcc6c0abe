/*
A store that keeps its value and tells its subscribers of changes. Unsubscribing filters the list of callbacks, and
forgets to keep the result.

rule: listener-pile
source: https://github.com/omer-g/persistent-svelte-store/issues/1 (the subscriptions only grow: filter returns a new array)
names: persistentStore, subscriptions, CartView
planted: CartView
*/
import v8 from "node:v8";

const LEAKS = process.argv[2] === "leak";

function persistentStore(storage, key, initial) {
  // <- here
  let subscriptions = []; // <- here
  let value = storage.has(key) ? JSON.parse(storage.get(key)) : initial;
  return {
    set(next) {
      value = next;
      storage.set(key, JSON.stringify(value));
      for (const subscription of subscriptions) subscription(value);
    },
    subscribe(subscription) {
      // <- here
      subscriptions.push(subscription); // <- here
      subscription(value);
      return () => {
        const others = subscriptions.filter((one) => one !== subscription);
        if (!LEAKS) subscriptions = others;
      };
    },
  };
}

class CartView {
  constructor(visit) {
    this.visit = visit;
    this.rows = Array.from({ length: 30 }, (_, row) => `<tr data-row="${row}" data-visit="${visit}"></tr>`);
    this.total = 0;
  }

  mount(store) {
    this.unsubscribe = store.subscribe((items) => {
      // <- here
      this.total = items.reduce((sum, { price }) => sum + price, 0);
    });
  }

  unmount() {
    this.unsubscribe();
  }
}

const cart = persistentStore(new Map(), "cart", []);
const mounted = [];
let visits = 0;

function work() {
  for (let i = 0; i < 400; i++) {
    const view = new CartView(++visits);
    view.mount(cart);
    mounted.push(view);
    if (mounted.length > 4) mounted.shift().unmount();
    if (i % 20 === 0) cart.set([{ name: "tea", price: i }]);
  }
  if (mounted[0].total === 0) throw new Error("a view was not told");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
