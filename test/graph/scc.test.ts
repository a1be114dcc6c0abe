import assert from "node:assert/strict";
import fc from "fast-check";
import { componentMembers, csrOf, cyclicComponents, stronglyConnectedComponents } from "../../src/graph/index.js";
import { anyGraph, complete, doublyLinked, edgesOf, list, MILLION, ring, slowReach, star } from "./shapes.js";

describe("graph/scc", () => {
  it("agrees with mutual reachability, with and without a mask", () => {
    fc.assert(
      fc.property(anyGraph(), fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), (csr, bits) => {
        for (const mask of [undefined, Uint8Array.from(bits, Number).subarray(0, csr.nodeCount)]) {
          const inside = (v: number) => mask === undefined || mask[v] !== 0;
          const { component, count, size } = stronglyConnectedComponents(csr, mask);
          const reach = Array.from({ length: csr.nodeCount }, (_, v) => slowReach(csr, [v], inside));
          for (let v = 0; v < csr.nodeCount; v++) {
            if (!inside(v)) {
              assert.equal(component[v], -1);
              continue;
            }
            for (let w = 0; w < csr.nodeCount; w++) {
              if (!inside(w)) continue;
              assert.equal(component[v] === component[w], reach[v].has(w) && reach[w].has(v));
              if (reach[v].has(w)) assert.ok(component[v] >= component[w]);
            }
          }
          const used = [...component].filter((c) => c >= 0);
          assert.deepEqual(
            [...size],
            Array.from({ length: count }, (_, c) => used.filter((x) => x === c).length),
          );
          assert.ok([...size].every((s) => s > 0));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("names the components with cycles", () => {
    fc.assert(
      fc.property(anyGraph(), (csr) => {
        const scc = stronglyConnectedComponents(csr);
        const onCycle = edgesOf(csr).filter(({ from, to }) => slowReach(csr, [to]).has(from));
        const expected = new Set(onCycle.map(({ from }) => scc.component[from]));
        assert.deepEqual(
          cyclicComponents(csr, scc),
          [...expected].sort((a, b) => a - b),
        );
      }),
    );
  });

  it("leaves edges into masked nodes out of account", () => {
    const csr = csrOf(3, [
      [0, 1],
      [1, 2],
      [2, 0],
    ]);
    const scc = stronglyConnectedComponents(csr, Uint8Array.of(1, 0, 1));
    assert.deepEqual(cyclicComponents(csr, scc), []);
    assert.equal(scc.count, 2);
  });

  it("lists members in ascending order", () => {
    const csr = csrOf(4, [
      [3, 0],
      [0, 3],
      [2, 1],
    ]);
    const scc = stronglyConnectedComponents(csr);
    const { first, members } = componentMembers(scc);
    assert.equal(members.length, 4);
    const c = scc.component[0];
    assert.deepEqual([...members.subarray(first[c], first[c + 1])], [0, 3]);
  });

  it("takes a million nodes in a row, in a ring and in a star", () => {
    assert.equal(stronglyConnectedComponents(list(MILLION)).count, MILLION);
    for (const csr of [ring(MILLION), doublyLinked(MILLION), star(MILLION), complete(1000)]) {
      assert.deepEqual([...stronglyConnectedComponents(csr).size], [csr.nodeCount]);
    }
  });
});
