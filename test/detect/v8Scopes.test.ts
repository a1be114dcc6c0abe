import assert from "node:assert/strict";
import { Kind } from "../../src/heap/kinds.js";
import { ScriptScopes } from "../../src/detect/v8/scopes.js";
import { ensureV8Peers } from "../rig/v8Peers.mjs";
import { type NodeRun, runNode } from "../rig/nodeHeap.js";

/** One of each sort of function, named after where it stands. */
const FUNCTIONS = `"use strict";
globalThis.kept = [];
const keep = (fn) => { kept.push(fn); return fn; };
keep(function declared(a) { return a; });
keep(function /* a ( in a comment */ commented (a) { return a; });
keep(function (a) { return a; });
keep(function* generator() { yield 1; });
keep(async function asynchronous() {});
keep(async function* both() {});
keep((a) => a); keep(a => a); keep(async (a) => a); keep(async a => a); keep(async () => { return 1; });
keep(({ a, b = (1) }) => a);
class Plain { method(a) { return a; } static still() {} get value() { return 1; } async later() {} *steps() {} async *flow() {} ["com" + "puted"]() {} #hidden() {} own() { return this.#hidden; } }
const plain = new Plain();
for (const name of ["method", "later", "steps", "flow", "computed", "own"]) keep(Plain.prototype[name]);
keep(Plain.still); keep(Object.getOwnPropertyDescriptor(Plain.prototype, "value").get); keep(plain.own());
const object = { short(a) { return a; }, long: function (a) { return a; }, arrow: () => 1, get read() { return 1; }, "quoted"() {}, async wait() {}, *steps() {} };
for (const name of ["short", "long", "arrow", "quoted", "wait", "steps"]) keep(object[name]);
keep(Object.getOwnPropertyDescriptor(object, "read").get);
const outer = (x) => function inner(y) { return () => x + y; };
keep(outer); keep(outer(1)); keep(outer(1)(2));
snapshot();
`;

describe("scopes of a script", () => {
  it("has the functions where V8 says that they are", async () => {
    for (const node of [process.execPath, ...Object.values((await ensureV8Peers()).nodes)]) {
      let done: NodeRun | undefined;
      try {
        done = await runNode(FUNCTIONS, { node });
        const { file, sessions } = done;
        const [{ graph }] = sessions;
        const scopes = ScriptScopes.of(FUNCTIONS)!;
        const places = new Set<string>();
        for (let at = 0; at < graph.nodeCount; at++) {
          const location = graph.location(at);
          if (graph.columns.kind[at] !== Kind.function || location?.file !== file) continue;
          // A class is none of the functions that close over variables, and the script itself neither.
          if (location.name === "Plain" || (location.line === 1 && location.column === 1)) continue;
          const found = scopes.functionAt(location.line, location.column!);
          assert.ok(found, `${location.name} in line ${location.line}, column ${location.column}`);
          assert.equal(found.line, location.line);
          if (found.name !== "") assert.equal(found.name, location.name);
          places.add(`${location.line}:${location.column}`);
        }
        assert.ok(places.size >= 32, `${places.size} functions`);
      } finally {
        done?.remove();
      }
    }
  });

  const readersOf = (text: string, from: string, name: string) => {
    const scopes = ScriptScopes.of(text)!;
    const lines = text.split("\n");
    const line = lines.findIndex((one) => one.includes(from));
    const column = lines[line].indexOf("(", lines[line].indexOf(from));
    const variables = scopes.visibleFrom(scopes.functionAt(line + 1, column + 1)!, name);
    return variables.map(({ owner, readers }) => ({
      owner: owner?.name,
      readers: readers.map((around) => around.map((fn) => fn.name).join(" in ")),
    }));
  };

  it("tells which functions read a variable, and from how deep", () => {
    const text = `function outer() {
  let big = 1;
  let other = 2;
  function reads() { return () => big; }
  function writes() { big = 2; }
  function stays() { return other; }
  return [reads, writes, stays, big];
}`;
    // The place of an arrow function has no name, and what reads in the owner itself stands in no inner function.
    assert.deepEqual(readersOf(text, "stays", "big"), [{ owner: "outer", readers: [" in reads", ""] }]);
    assert.deepEqual(readersOf(text, "stays", "other"), [{ owner: "outer", readers: ["stays"] }]);
    assert.deepEqual(readersOf(text, "stays", "unknown"), []);
  });

  it("tells variables of one name apart", () => {
    const text = `function outer() {
  let x = 1;
  function middle() {
    let x = 2;
    function inner() { return x; }
    return inner;
  }
  return [middle, () => x];
}`;
    assert.deepEqual(readersOf(text, "inner", "x"), [
      { owner: "middle", readers: ["inner"] },
      { owner: "outer", readers: [""] },
    ]);
  });

  it("reads scripts and modules", () => {
    assert.ok(ScriptScopes.of("#!/usr/bin/env node\nreturn 1;"));
    assert.ok(ScriptScopes.of("import a from 'a'; export const b = await a();"));
    assert.ok(ScriptScopes.of("var await = 1, let = 2; function f(a, a) {}"));
  });

  it("is silent where variables can be found by their names, and where it is no JavaScript", () => {
    assert.equal(ScriptScopes.of("function f(x) { return (code) => eval(code); }"), undefined);
    assert.equal(ScriptScopes.of("function f(x) { with (x) { return () => y; } }"), undefined);
    assert.equal(ScriptScopes.of("const x: number = 1;"), undefined);
    assert.equal(ScriptScopes.of("{{{"), undefined);
  });
});
