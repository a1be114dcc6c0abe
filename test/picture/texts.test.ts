import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { Kind } from "../../src/heap/kinds.js";
import { cells, cutEnd, cutMiddle, cutName } from "../../src/picture/cells.js";
import { pictureFile } from "../../src/session/queries/picture.js";
import { FONT, sourceOf } from "./heaps.js";
import { HOSTILE, hostileHeap } from "./hostile.js";
import { requestOf, sketched } from "./requests.js";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const graphemes = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const WIDEST_LINE = 42;

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 60 }),
  fc.string({ unit: fc.constantFrom("漢", "a", "e\u0301", "👩‍👩‍👧", "🇩🇪", ".", "ﬁ"), maxLength: 60 }),
);

function firstNameOf(graph: HeapGraph): string {
  return sketched(sourceOf(graph), { seed: { kind: "object", id: "0x1000" } }).boxes[0].lines[0];
}

describe("a text that is cut", () => {
  it("takes no more cells than it may, and is whole where it fits", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (full, limit) => {
        for (const cut of [cutEnd, cutMiddle, cutName]) {
          const short = cut(full, limit);
          assert.ok(stringWidth(short) <= limit, `${cut.name} ${short}`);
          if (stringWidth(full) <= limit) assert.equal(short, full);
          else assert.ok(short.includes("…"));
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it("is not cut within a character", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (full, limit) => {
        if (full.includes("…") || cells(full) <= limit) return;
        const all = graphemes(full);
        const starts = all.map((_, i) => all.slice(0, i).join(""));
        const ends = [...all.map((_, i) => all.slice(i).join("")), ""];
        assert.ok(starts.includes(cutEnd(full, limit).slice(0, -1)));
        for (const cut of [cutMiddle, cutName]) {
          const [start, end, ...rest] = cut(full, limit).split("…");
          assert.deepEqual(rest, []);
          assert.ok(starts.includes(start), `${cut.name} ${start}`);
          assert.ok(ends.includes(end), `${cut.name} ${end}`);
        }
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it("counts wide characters twice, and marks not at all", () => {
    assert.equal(cells("漢字"), 4);
    assert.equal(cells("e\u0301"), 1);
    assert.equal(cutEnd("漢字漢字", 6), "漢字…");
    assert.equal(cutEnd("e\u0301e\u0301e\u0301e\u0301", 3), "e\u0301e\u0301…");
    assert.equal(cutEnd("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 4), "👩‍👩‍👧…");
  });

  it("does not keep a pile of marks, which would be painted over other boxes", () => {
    const pile = `a${"\u0301".repeat(500)}b`;
    assert.equal(cutEnd(pile, 34), "\ufffdb");
    assert.ok(cutName(pile, 34).length < 5);
  });

  it("keeps the last parts of a qualified name, and both ends of another", () => {
    const inner = "function very_long_module_name.OuterClass.method.<locals>.inner";
    assert.equal(cutName(inner, 34), "function …method.<locals>.inner");
    assert.equal(cutName(inner, 24), "function …inner");
    assert.equal(cutName("package.subpackage.module.TheClass", 20), "…module.TheClass");
    const cut = cutName(`Start${"x".repeat(80)}End`, 20);
    assert.match(cut, /^Startx+…x+End$/);
    assert.equal(cells(cut), 20);
  });
});

describe("the texts of a picture", () => {
  it("are the whole name where it fits, and short where it does not", () => {
    const heap = new HeapBuilder();
    heap.node("function", { kind: Kind.function, text: "app.handlers.on_click" });
    assert.equal(firstNameOf(heap.build()), "function app.handlers.on_click");
    const long = new HeapBuilder();
    long.node("function", { kind: Kind.function, text: "a_package.a_module.AClass.a_method.<locals>.callback" });
    assert.equal(firstNameOf(long.build()), "function …a_method.<locals>.callback".replace("a_method.<locals>.", ""));
    const quoted = new HeapBuilder();
    quoted.node("str", { kind: Kind.str, text: "x".repeat(1000) });
    assert.match(firstNameOf(quoted.build()), /^'x{32}…$/);
  });

  it("are printable and short, whatever the names", async () => {
    for (const name of HOSTILE) {
      const session = sourceOf(hostileHeap(name));
      for (const some of [{}, { seed: { kind: "object", id: "0x1010" } as const }]) {
        const { boxes, arrows, title, notes } = sketched(session, some);
        assert.ok(boxes.length > 2 && arrows.length > 2);
        const lines = boxes.flatMap((box) => [...box.lines]);
        const long = [title, ...notes, ...boxes.flatMap(({ description, root }) => [description, root])];
        long.push(...arrows.flatMap(({ labels }) => [...labels]));
        const labels = arrows.flatMap(({ label }) => (label ? [label.text] : []));
        for (const each of [...lines, ...long, ...labels]) assert.doesNotMatch(each, UNPRINTABLE);
        for (const line of lines) assert.ok(stringWidth(line) <= WIDEST_LINE, line);
        for (const label of labels) assert.ok(stringWidth(label) <= 24, label);
        for (const each of long) assert.ok(each.length <= 2500, `${each.length} characters`);
        for (const { lines: own, width, height, inCycle } of boxes) {
          const widest = Math.max(...own.map((line, i) => stringWidth(line) + (i === 0 && inCycle ? 2 : 0)));
          assert.ok(width >= widest * FONT.charWidth, own.join());
          assert.ok(height >= own.length * FONT.lineHeight, own.join());
          assert.ok(own.length >= 2 && own.length <= 5);
        }
      }
      const { name: file } = await pictureFile(session, { request: requestOf(), format: "dot" });
      assert.match(file, /^made(-[\p{L}\p{N}_]{1,60})?\.dot$/u);
    }
  });
});
