import assert from "node:assert/strict";
import { arenaChanges } from "../../src/session/queries/arenaChanges.js";
import type { ArenaRow } from "../../src/session/queries/arenaRows.js";

const BYTES = 1 << 20;

function row(address: string, bytesInUse: number): ArenaRow {
  return {
    ...{ address, bytes: BYTES, bytesInUse, fill: bytesInUse / BYTES, nearlyEmpty: false, objects: 1, blocks: 1 },
    ...{ pools: 64, freePools: 63, partialPools: 1, fullPools: 0, unexplained: 0 },
  };
}

describe("arenas of two snapshots", () => {
  const changes = (then: readonly ArenaRow[], now: readonly ArenaRow[]) =>
    arenaChanges({ arenas: then }, { arenas: now }).map(({ address, change }) => [address, change]);

  it("are told apart by address, of however many digits", () => {
    const then = [row("0x900000", 5), row("0x1000000", 5), row("0x7f0000000000", 5)];
    const now = [row("0x1000000", 5), row("0x2000000", 5), row("0x10000000000", 5)];
    assert.deepEqual(changes(then, now), [
      ["0x900000", "released"],
      ["0x1000000", "same"],
      ["0x2000000", "new"],
      ["0x10000000000", "new"],
      ["0x7f0000000000", "released"],
    ]);
    assert.deepEqual(changes([], []), []);
    const [released, same] = arenaChanges({ arenas: then }, { arenas: now });
    assert.deepEqual([released.now, released.then], [undefined, then[0]]);
    assert.deepEqual([same.now, same.then], [now[0], then[1]]);
  });

  it("are emptier or fuller by a hundredth of their bytes", () => {
    const half = BYTES / 2;
    const step = Math.ceil(BYTES / 100);
    for (const [more, change] of [
      [step, "fuller"],
      [step - 1, "same"],
      [0, "same"],
      [1 - step, "same"],
      [-step, "emptier"],
    ] as const)
      assert.deepEqual(changes([row("0x100000", half)], [row("0x100000", half + more)]), [["0x100000", change]]);
  });
});
