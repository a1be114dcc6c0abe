import assert from "node:assert/strict";
import fc from "fast-check";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Kind } from "../../src/heap/kinds.js";
import { LabelSort, labelPayload, labelSort, labelText, packLabel } from "../../src/heap/labels.js";

function throughHeap(label: string): string {
  const builder = new HeapBuilder();
  const node = builder.node("list");
  const graph = builder.edge(node, node, label).build();
  return labelText(graph, graph.columns.edgeLabel[0]);
}

const identifier = fc.stringMatching(/^[A-Za-z_]\w{0,20}$/);

describe("heap/labels", () => {
  it("packs and unpacks every sort with every payload that fits", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(LabelSort)), fc.nat(2 ** 28 - 1), (sort, payload) => {
        const label = packLabel(sort, payload);
        assert.ok(Number.isInteger(label) && label >= 0 && label < 2 ** 32);
        assert.equal(labelSort(label), sort);
        assert.equal(labelPayload(label), payload);
      }),
    );
  });

  it("makes a label with a payload that does not fit an internal one", () => {
    for (const payload of [2 ** 28, 2 ** 32, 2 ** 40]) {
      assert.equal(labelSort(packLabel(LabelSort.index, payload)), LabelSort.internal);
    }
    assert.equal(labelPayload(packLabel(LabelSort.index, 2 ** 28 - 1)), 2 ** 28 - 1);
  });

  it("prints labels as the builder takes them", () => {
    const plainKey = fc.string().filter((text) => !/['\\\n]/.test(text));
    const label = fc.oneof(
      identifier.map((name) => `.${name}`),
      fc.nat(1e6).map((i) => `[${i}]`),
      plainKey.map((key) => `['${key}']`),
      identifier.map((name) => `closure:${name}`),
      identifier.map((name) => `local:${name}`),
    );
    fc.assert(fc.property(label, (text) => assert.equal(throughHeap(text), text)));
    assert.equal(throughHeap(""), "<internal>");
  });

  it("escapes quotes, backslashes and line ends in keys, so that different keys look different", () => {
    assert.equal(throughHeap("['it's']"), String.raw`['it\'s']`);
    assert.equal(throughHeap(String.raw`['a\b']`), String.raw`['a\\b']`);
    assert.equal(throughHeap("['a\nb']"), String.raw`['a\nb']`);
    const awkward = fc.string({ unit: fc.constantFrom("'", "\\", "\n", "n", "]") });
    fc.assert(
      fc.property(awkward, awkward, (a, b) => {
        assert.equal(throughHeap(`['${a}']`) === throughHeap(`['${b}']`), a === b);
      }),
    );
  });

  it("prints keys that are no text by their name, and what holds a key as <key>", () => {
    const builder = new HeapBuilder();
    const dict = builder.node("dict", { kind: Kind.dict });
    const key = builder.node("int", { kind: Kind.number, number: 42, tracked: false });
    const graph = builder.edge(dict, key).build();
    assert.equal(labelText(graph, packLabel(LabelSort.nodeKey, key)), "[42]");
    assert.equal(labelText(graph, packLabel(LabelSort.keyOf, 0)), "<key>");
  });
});
