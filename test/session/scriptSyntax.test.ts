import assert from "node:assert/strict";
import type { Anchor } from "../../src/model/source.js";
import { definitionOf, functionPlaces, plainFunctionName } from "../../src/session/scriptSyntax.js";

/** The text with "^" in front of what is found, from the place of "@" on, which is left out. */
function found(marked: string, kind: Anchor["kind"], name: string): string {
  const from = Math.max(marked.indexOf("@"), 0);
  const text = marked.replace("@", "");
  const at = definitionOf(text, { kind, name }, from);
  return at === undefined ? "nothing" : `${text.slice(0, at)}^${text.slice(at)}`;
}

/** Checks that the definition is found that "^" stands in front of. */
function finds(kind: Anchor["kind"], name: string, expected: string): void {
  assert.equal(found(expected.replace("^", ""), kind, name), expected.replace("@", ""));
}

describe("session: definitions in scripts", () => {
  it("are those of classes, the nearest above", () => {
    finds("class", "Page", "class ^Page {\n  constructor() {}@\n}");
    finds("class", "Page", "export default class ^Page extends Base {@}");
    finds("class", "Page", "{ class Page {} }\n{ class ^Page { a(@) {} } }\n{ class Page {} }");
    finds("class", "Page", "@class ^Page {}");
    finds("class", "Page", "class PageList {}\nclass ^Page {@}");
    finds("class", "Page", "const ^Page = class extends Base {@};");
    finds("class", "Page", "function ^Page() { @this.a = 1; }");
    finds("class", "e", "var t=class{},^e=class{@x=1};");
    finds("class", "Page", "// class Page is gone\nclass ^Page {}\n@");
    finds("class", "Page", "/*! class Page */class ^Page {}@");
    assert.equal(found("new Page(); a.class = Page;", "class", "Page"), "nothing");
    assert.equal(found("class $Page {} class Page$ {}", "class", "Page"), "nothing");
  });

  it("are those of a module's variables, at the beginning of a line before others", () => {
    finds("global", "cache", "function f() {\n  const cache = 1;\n}\nconst ^cache = new Map();\n@");
    finds("global", "cache", "export const ^cache: Map<string, Page> = new Map();");
    finds("global", "cache", "cache.set(1);\nlet ^cache;");
    finds("global", "cache", "globalThis.^cache = {};");
    finds("global", "cache", "module.exports.cache ??= 1, exports.^cache = {};");
    finds("global", "c", 'var u=require("node:v8"),^c=new Map,p=[];');
    finds("global", "handler", "export async function ^handler() {}");
    finds("global", "$a", "if (b === $a) {}\nvar ^$a = 1;");
    assert.equal(found("if (cache == 1 || cache === 2) x.cache = (cache) => 1;", "global", "cache"), "nothing");
  });

  it("are those of variables of the function around, and of its parameters", () => {
    finds(
      "enclosing",
      "big",
      "function f(big) {}\nfunction g() {\n  const ^big = 1;\n  return (@) => big;\n}\nlet big;",
    );
    finds("enclosing", "big", "function f(a, ^big) { return function (@) { return big; }; }");
    finds("enclosing", "big", "const f = ^big => (@) => big;");
    finds("enclosing", "u", "var k=e=>@l(s(e));function i(e){return e}var ^u=new Map;function a(e,n){u.set(e,i(u,n))}");
    finds("enclosing", "n", "var n=1;function i(^n){f(n);return()=>@n}var n=2;");
    finds("enclosing", "last", "let ^last;\nlast = 1;\nf(a, last);\n@");
    finds("enclosing", "e", "function i(^e){let n=@()=>e.length}");
    finds("enclosing", "n", "function i(e){let a=1,^n=()=>e.length;return function@(d){return d===n}}");
  });

  it("are those of attributes, from the known line on first", () => {
    finds(
      "variable",
      "this.items",
      "class A { constructor() { this.items = []; } }\n@class B { c() { this.^items = []; } }",
    );
    finds("variable", "items", "@class A {\n  private readonly ^items: string[] = [];\n}");
    finds("variable", "items", "@class A{a=1;^items=new Map;}");
    finds("variable", "items", "@class A { static ^items = []; }");
    finds("variable", "#items", "@class A {\n  ^#items = [];\n  b() { this.#items.push(1); }\n}");
    finds("variable", "items", "@const a = { b: 1, ^items: [] };");
    finds("variable", "items", '@const a = { ^"items": [] };');
    finds("variable", "items", "const a = {};\n@a.^items = [];");
    finds("variable", "self.items", "@this.^items = [];");
    assert.equal(found("if (this.items === 1) this.items.push(this.items);", "variable", "items"), "nothing");
  });

  it("are not looked for without a name, and found however large the text is", () => {
    for (const kind of ["class", "global", "enclosing", "variable"] as const) {
      assert.equal(found("class {}", kind, ""), "nothing");
      assert.equal(found("class {}", kind, "a(b"), "nothing");
      const hostile = [" ".repeat(300_000), "{".repeat(300_000), "(a,".repeat(100_000), "a:".repeat(100_000)].join("x");
      assert.equal(found(hostile, kind, "name"), "nothing");
      assert.equal(typeof found(hostile, kind, "a"), "string");
    }
  });
});

describe("session: functions by name", () => {
  const lines = (text: string, name = "onTick") => functionPlaces(text, name).map(({ line }) => line);

  it("are found in every form that they are written in", () => {
    for (const text of [
      "function onTick(event) {}",
      "export default async function onTick() {}",
      "function* onTick() {}",
      "const onTick = (event) => event;",
      "const onTick = async event => event;",
      "let onTick = function (event) {};",
      "const onTick: Handler<Event> = (event: Event): void => {};",
      "a.onTick = (a, b = f(1)) => a;",
      "  onTick(event) {}",
      "  async onTick(event = f(), { b }: { b: string } = {}) {",
      "  static get onTick(): number {",
      "  private onTick<T>(event: T): Promise<void> {",
      "  onTick: function () {},",
      "  'onTick': async () => {},",
      "class onTick {}",
    ]) {
      assert.deepEqual(lines(`\n${text}\n`), [2], text);
    }
    const [place] = functionPlaces("class A {\r\n  get onTick() { return 1; }\r\n}", "onTick");
    assert.deepEqual(place, { line: 2, column: 7, text: "  get onTick() { return 1; }" });
  });

  it("are not taken from calls, comments and other names", () => {
    for (const text of [
      "onTick(event);",
      "if (onTick(event)) f();",
      "bus.on('tick', onTick);",
      "// function onTick(event) {}",
      "  * onTick = () => 1",
      "const onTickTock = () => 1;",
      "const $onTick = () => 1;",
      "this.onTick(event);",
      "const onTick = 1;",
      "onTick === (() => 1)",
    ]) {
      assert.deepEqual(lines(text), [], text);
    }
    assert.deepEqual(lines("if (a) {}\nwhile (b) {}", "if"), []);
  });

  it("are so many at most as are asked for", () => {
    const text = "function f() {}\n".repeat(1000);
    assert.equal(functionPlaces(text, "f").length, 100);
    assert.equal(functionPlaces(text, "f", 3).length, 3);
    assert.equal(functionPlaces(text, "f", 0).length, 0);
  });

  it("have the last part of what V8 calls them for a name", () => {
    assert.equal(plainFunctionName("onTick"), "onTick");
    assert.equal(plainFunctionName("get size"), "size");
    assert.equal(plainFunctionName("bound onTick"), "onTick");
    assert.equal(plainFunctionName("Page.render"), "render");
    assert.equal(plainFunctionName("#hidden"), "#hidden");
    assert.equal(plainFunctionName("größe"), "größe");
    for (const none of ["", "(anonymous)", "<instance_members_initializer>", "[Symbol.iterator]", "a-b", "1"]) {
      assert.equal(plainFunctionName(none), undefined, none);
    }
  });
});
