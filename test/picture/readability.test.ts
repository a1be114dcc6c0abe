import assert from "node:assert/strict";
import type { Picture, PictureRequest } from "../../src/picture/Picture.js";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { picture } from "../../src/session/queries/picture.js";
import type { Session } from "../../src/session/Session.js";
import { faultsOf } from "./faults.js";
import { registry, sourceOf, tangle } from "./heaps.js";
import { demoSession, expansionsFor, requestOf } from "./requests.js";

type Direction = PictureRequest["direction"];
const DIRECTIONS: readonly Direction[] = ["down", "right"];

const NONE = {
  boxOnBox: [],
  labelOnBox: [],
  labelOnLabel: [],
  arrowThroughBox: [],
  arrowThroughEnd: [],
  looseEnd: [],
  outside: [],
};

function assertReadable(drawn: Picture, name = ""): void {
  assert.deepEqual(faultsOf(drawn), NONE, name);
}

async function drawn(session: Session, boxes: number, some: Partial<PictureRequest>): Promise<Picture> {
  const result = await picture(session, requestOf({ ...some, expanded: expansionsFor(session, boxes, some) }));
  assert.ok(result.boxes.length >= boxes && result.boxes.length < boxes + 12, `${result.boxes.length} boxes`);
  assert.ok(result.arrows.length >= boxes - 1, `${result.arrows.length} arrows`);
  return result;
}

async function tangled(objects: number, references: number, seed: number, direction: Direction): Promise<Picture> {
  return drawn(sourceOf(tangle(objects, references, seed)), objects, { direction });
}

describe("a picture is readable", () => {
  for (const direction of DIRECTIONS) {
    it(`with 12 boxes, ${direction}`, async () => {
      for (const references of [14, 20, 30, 60])
        for (const seed of [1, 2, 3, 4, 5])
          assertReadable(await tangled(12, references, seed, direction), `${references} references, seed ${seed}`);
    });

    it(`with 60 boxes, ${direction}`, async () => {
      for (const [references, seed] of [
        [70, 1],
        [70, 2],
        [70, 3],
        [90, 3],
        [90, 4],
        [150, 2],
        [150, 3],
      ])
        assertReadable(await tangled(60, references, seed, direction), `${references} references, seed ${seed}`);
    });

    it(`with 300 boxes, ${direction}`, async () => {
      for (const [references, seed] of [
        [450, 1],
        [600, 2],
      ]) {
        const result = await tangled(300, references, seed, direction);
        assertReadable(result);
        // With our own courses arrows reach a box side by side.
        const tips = result.arrows.map(({ points }) => points.slice(-2).join());
        assert.equal(new Set(tips).size, tips.length);
      }
    });

    it(`of a registry with 10, 58 and 298 sessions, ${direction}`, async () => {
      for (const sessions of [10, 58, 298])
        assertReadable(await drawn(sourceOf(registry(sessions)), sessions + 2, { direction }), `${sessions}`);
    });

    it(`of the demo program's cycles and findings, ${direction}`, async () => {
      const session = await demoSession();
      const { analysis, findings } = session;
      const families = analysis.families.map((_, family) => ({ kind: "family", family, cycle: 0 }) as const);
      const seeds = [...families.slice(0, 8), ...findings.map((_, finding) => ({ kind: "finding", finding }) as const)];
      assert.ok(seeds.length >= 5);
      for (const seed of seeds) {
        for (const boxes of [1, 40]) {
          const expanded = expansionsFor(session, boxes, { seed });
          const result = await picture(session, requestOf({ seed, direction, expanded }));
          assert.ok(result.boxes.length > 1);
          assertReadable(result, JSON.stringify(seed));
        }
      }
    });
  }

  it("where Graphviz puts labels on each other or leads an arrow through a box", async () => {
    for (const [objects, references, seed, direction] of [
      [60, 70, 3, "down"],
      [60, 120, 4, "down"],
      [60, 120, 2, "right"],
      [60, 150, 4, "down"],
      [60, 150, 22, "right"],
    ] as const)
      assertReadable(await tangled(objects, references, seed, direction), `${references} references, seed ${seed}`);
  });

  it("where an object that is narrower than its label refers to itself", async () => {
    for (const seed of [29, 32, 35]) assertReadable(await tangled(12, 60, seed, "right"), `seed ${seed}`);
  });

  it("where it is a hundred thousand pixels wide", async () => {
    const heap = new HeapBuilder();
    const chain = Array.from({ length: 300 }, () => heap.node("very.long.module.name.WithAClass", { outside: 1 }));
    for (let i = 1; i < chain.length; i++) heap.edge(chain[i - 1], chain[i], ".a_rather_long_attribute_name");
    const result = await drawn(sourceOf(heap.build()), 300, {
      seed: { kind: "object", id: "0x1000" },
      direction: "right",
    });
    assert.ok(result.width > 100_000, String(result.width));
    assertReadable(result);
  });

  it("and the same for the same request", async () => {
    for (const [objects, references] of [
      [12, 30],
      [60, 90],
      [300, 450],
    ]) {
      const again = () => tangled(objects, references, 7, "down");
      assert.deepEqual(await again(), await again());
    }
  });
});
