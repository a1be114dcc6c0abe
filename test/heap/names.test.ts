import assert from "node:assert/strict";
import fc from "fast-check";
import { HeapBuilder, type NodeOptions } from "../../src/heap/HeapBuilder.js";
import { Kind } from "../../src/heap/kinds.js";
import { printable } from "../../src/heap/names.js";

const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/u;

function nameOf(type: string, options: NodeOptions): string {
  const builder = new HeapBuilder();
  const node = builder.node(type, options);
  return builder.build().nodeName(node);
}

describe("heap/names", () => {
  it("makes every text printable: no controls, no bidirectional controls, no line ends", () => {
    for (let code = 0; code < 0x10000; code++) {
      const character = String.fromCharCode(code);
      const shown = printable(`a${character}b`);
      assert.doesNotMatch(shown, CONTROLS, `U+${code.toString(16)}`);
      assert.ok(shown === `a${character}b` || shown === `a\\u${code.toString(16).padStart(4, "0")}b`);
    }
  });

  it("leaves ordinary text alone, in any script", () => {
    for (const text of ["plain", "größer", "日本語", "العربية", "👩‍🚀", "a b", "\\n"])
      assert.equal(printable(text), text);
  });

  it("is idempotent below its limit", () => {
    const text = fc.string({ unit: "binary", maxLength: 30 });
    fc.assert(fc.property(text, (value) => assert.equal(printable(printable(value)), printable(value))));
  });

  it("cuts at the limit with an ellipsis", () => {
    assert.equal(printable("abcdef", 6), "abcdef");
    assert.equal(printable("abcdefg", 6), "abcde…");
    assert.equal(printable("x".repeat(1000)).length, 200);
  });

  it("never cuts a character in two", () => {
    for (let limit = 2; limit < 8; limit++) {
      assert.doesNotMatch(printable("😀".repeat(10), limit), /\p{Surrogate}/u, `limit ${limit}`);
    }
  });

  it("names nodes by what they are", () => {
    const cases: [string, NodeOptions, string][] = [
      ["str", { kind: Kind.str, text: "hi" }, "'hi'"],
      ["str", { kind: Kind.str }, "str"],
      ["int", { kind: Kind.number, number: -7 }, "-7"],
      ["int", { kind: Kind.number }, "int"],
      ["NoneType", { kind: Kind.none }, "None"],
      ["function", { kind: Kind.function, text: "make.<locals>.inner" }, "function make.<locals>.inner"],
      ["function", { kind: Kind.function }, "function"],
      ["module", { kind: Kind.module, text: "app" }, "module app"],
      ["type", { kind: Kind.type, text: "app.Node" }, "class app.Node"],
      ["type", { kind: Kind.type }, "class"],
      ["dict", { kind: Kind.dict }, "dict"],
      ["app.Node", {}, "app.Node"],
    ];
    for (const [type, options, name] of cases) assert.equal(nameOf(type, options), name);
  });

  it("names nodes printably, whatever the snapshot says", () => {
    const hostile = "\u001b[2J\n\u202e\u2066\u061c";
    for (const kind of Object.values(Kind)) {
      for (const options of [{ kind }, { kind, text: hostile }, { kind, text: hostile.repeat(1000), number: 1 }]) {
        const name = nameOf(hostile.repeat(300), options);
        assert.doesNotMatch(name, CONTROLS, `kind ${kind}`);
        assert.ok(name.length < 5000);
      }
    }
  });
});
