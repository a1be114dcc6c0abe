import assert from "node:assert/strict";
import fc from "fast-check";
import { BytesStringTable, ListStringTable } from "../../src/heap/StringTable.js";

function tableOf(texts: readonly string[]): BytesStringTable {
  const parts = texts.map((text) => Buffer.from(text));
  const starts = new Float64Array(parts.length + 1);
  parts.forEach((part, i) => (starts[i + 1] = starts[i] + part.length));
  return new BytesStringTable(Buffer.concat(parts), starts);
}

const text = fc.string({ unit: "grapheme" });

describe("heap/StringTable", () => {
  it("finds the texts that contain a text, and no hit that runs over the end of one", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "é"), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(letters), fc.array(letters), letters, (stored, added, wanted) => {
        const table = tableOf(stored);
        for (const value of added) table.add(value);
        const expected = [...stored, ...added].flatMap((value, i) =>
          wanted !== "" && value.includes(wanted) ? [i + 1] : [],
        );
        assert.deepEqual(table.containing(wanted), expected);
        const list = new ListStringTable();
        for (const value of [...stored, ...added]) list.intern(value);
        const texts = new Set([...stored, ...added].filter((value) => wanted !== "" && value.includes(wanted)));
        assert.deepEqual(new Set(list.containing(wanted).map((i) => list.get(i))), texts);
      }),
    );
  });

  it("gives texts back by index, those of the file and those added", () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (stored, added) => {
        const table = tableOf(stored);
        const indices = added.map((value) => table.add(value));
        assert.deepEqual(
          stored.map((_, i) => table.get(i + 1)),
          stored,
        );
        assert.deepEqual(
          indices.map((index) => table.get(index)),
          added,
        );
        assert.equal(new Set(indices).size, added.length);
        assert.equal(table.count, stored.length + added.length + 1);
      }),
    );
  });

  it("gives the empty text for 0 and for what is out of range", () => {
    const list = new ListStringTable();
    list.intern("a");
    for (const table of [tableOf(["a"]), list]) {
      for (const index of [0, 2, 99, -1]) assert.equal(table.get(index), "", `index ${index}`);
      assert.equal(table.get(1), "a");
    }
  });

  it("replaces bytes that are no UTF-8, and keeps the texts around them", () => {
    const table = new BytesStringTable(Uint8Array.of(0x61, 0xff, 0xfe, 0x62), Float64Array.of(0, 1, 3, 4));
    assert.deepEqual(
      [1, 2, 3].map((i) => table.get(i)),
      ["a", "\ufffd\ufffd", "b"],
    );
  });

  it("keeps a byte order mark, which is a character of the text", () => {
    assert.equal(tableOf(["\ufeffa"]).get(1), "\ufeffa");
  });

  it("interns each text once", () => {
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const table = new ListStringTable();
        const indices = texts.map((value) => table.intern(value));
        assert.deepEqual(
          indices.map((index) => table.get(index)),
          texts,
        );
        assert.equal(table.count, new Set([...texts, ""]).size);
      }),
    );
  });
});
