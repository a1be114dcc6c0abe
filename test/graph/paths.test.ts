import assert from "node:assert/strict";
import fc from "fast-check";
import { csrOf, disjointPaths, distances, reachable, reverse, shortestPath, type Path } from "../../src/graph/index.js";
import { edgesOf, graphAndNodes, list, MILLION, slowReach, star } from "./shapes.js";
import type { Csr } from "../../src/graph/index.js";

function assertIsPath(csr: Csr, path: Path, target: number): void {
  assert.equal(path.nodes.length, path.edges.length + 1);
  assert.equal(path.nodes.at(-1), target);
  const edges = edgesOf(csr);
  path.edges.forEach((e, i) => {
    assert.deepEqual(edges[e], { edge: e, from: path.nodes[i], to: path.nodes[i + 1] });
  });
}

describe("graph/reach", () => {
  it("agrees with the definition, with masks, blocked nodes and edges", () => {
    fc.assert(
      fc.property(graphAndNodes(), fc.integer(), ({ csr, nodes }, salt) => {
        const mask = Uint8Array.from({ length: csr.nodeCount }, (_, v) => (((salt >> v) & 3) === 0 ? 0 : 1));
        const blockedNodes = Uint8Array.from({ length: csr.nodeCount }, (_, v) =>
          ((salt >> (v + 7)) & 3) === 0 ? 2 : 0,
        );
        const odd = (e: number) => e < 0 || ((salt >> (e % 30)) & 1) === 1;
        const check = (found: Uint8Array, allowed: (v: number, e: number) => boolean) => {
          const expected = slowReach(csr, nodes, allowed);
          assert.deepEqual(
            [...found],
            Array.from(found, (_, v) => Number(expected.has(v))),
          );
        };
        check(reachable(csr, nodes), () => true);
        check(reachable(csr, nodes, { mask }), (v) => mask[v] !== 0);
        check(reachable(csr, nodes, { blockedNodes }), (v) => blockedNodes[v] === 0);
        check(reachable(csr, nodes, { edgeAllowed: odd }), (_, e) => odd(e));
      }),
    );
  });

  it("measures distances", () => {
    fc.assert(
      fc.property(graphAndNodes(), ({ csr, nodes }) => {
        const expected = new Array<number>(csr.nodeCount).fill(-1);
        for (const s of nodes) expected[s] = 0;
        for (let d = 0; d < csr.nodeCount; d++) {
          for (const { from, to } of edgesOf(csr)) if (expected[from] === d && expected[to] < 0) expected[to] = d + 1;
        }
        assert.deepEqual([...distances(csr, nodes)], expected);
      }),
    );
  });

  it("takes a million nodes", () => {
    assert.equal(distances(list(MILLION), [0])[MILLION - 1], MILLION - 1);
    assert.equal(distances(star(MILLION), [1])[MILLION - 1], 2);
    assert.ok(reachable(list(MILLION), [0]).every((r) => r === 1));
  });
});

describe("graph/paths", () => {
  it("finds a shortest path, the first among equals, and goes round what it should avoid", () => {
    fc.assert(
      fc.property(graphAndNodes(), fc.nat(), fc.integer(), ({ csr, nodes }, pick, salt) => {
        const target = pick % csr.nodeCount;
        const bits = Uint8Array.from({ length: csr.nodeCount }, (_, v) => (((salt >> v) & 3) === 0 ? 1 : 0));
        for (const avoid of [undefined, bits]) {
          const path = shortestPath(reverse(csr), nodes, target, { avoid });
          const allowed = (v: number) => v === target || avoid === undefined || avoid[v] === 0;
          const reached = slowReach(csr, nodes, allowed);
          assert.equal(path !== undefined, reached.has(target));
          if (path === undefined) continue;
          assertIsPath(csr, path, target);
          assert.ok(nodes.includes(path.nodes[0]));
          assert.ok(path.nodes.every(allowed));
          assert.equal(path.edges.join(), firstShortest(csr, nodes, target, allowed).join());
        }
      }),
      { numRuns: 400 },
    );
  });

  /** All paths of ascending length, backwards from the target; of those of the least length the first. */
  function firstShortest(csr: Csr, starts: number[], target: number, allowed: (v: number) => boolean): number[] {
    let layer = [{ node: target, edges: [] as number[] }];
    const known = new Set([target]);
    for (;;) {
      const hits = layer.filter(({ node }) => starts.includes(node));
      if (hits.length > 0) return hits[0].edges;
      const next: typeof layer = [];
      for (const { node, edges } of layer) {
        for (const { edge, from, to } of edgesOf(csr)) {
          if (to !== node || known.has(from) || !allowed(from)) continue;
          known.add(from);
          next.push({ node: from, edges: [edge, ...edges] });
        }
      }
      layer = next;
    }
  }

  it("finds paths that share no inner node until none is left", () => {
    fc.assert(
      fc.property(graphAndNodes(10, 30), fc.nat(), ({ csr, nodes }, pick) => {
        const target = pick % csr.nodeCount;
        const isRoot = Uint8Array.from({ length: csr.nodeCount }, (_, v) => (nodes.includes(v) ? 1 : 0));
        const paths = disjointPaths(reverse(csr), isRoot, target, 100);
        if (isRoot[target] === 1) {
          assert.deepEqual(paths, [{ nodes: [target], edges: [] }]);
          return;
        }
        const inner = paths.flatMap((path) => path.nodes.slice(1, -1));
        const edges = paths.flatMap((path) => path.edges);
        assert.equal(new Set(inner).size, inner.length);
        assert.equal(new Set(edges).size, edges.length);
        let length = 0;
        for (const path of paths) {
          assertIsPath(csr, path, target);
          assert.equal(isRoot[path.nodes[0]], 1);
          assert.ok(path.edges.length >= length);
          length = path.edges.length;
        }
        const left = slowReach(csr, nodes, (v, e) => !inner.includes(v) && !edges.includes(e));
        assert.ok(!left.has(target));
        assert.deepEqual(disjointPaths(reverse(csr), isRoot, target, 1), paths.slice(0, 1));
      }),
      { numRuns: 400 },
    );
  });

  it("may start several paths at one root, and takes parallel edges as different", () => {
    const csr = csrOf(4, [
      [0, 3],
      [0, 1],
      [0, 3],
      [1, 2],
      [2, 3],
    ]);
    const paths = disjointPaths(reverse(csr), Uint8Array.of(1, 0, 0, 0), 3, 9, new Uint8Array(4));
    assert.deepEqual(paths, [
      { nodes: [0, 3], edges: [0] },
      { nodes: [0, 3], edges: [2] },
      { nodes: [0, 1, 2, 3], edges: [1, 3, 4] },
    ]);
    assert.equal(disjointPaths(reverse(csr), Uint8Array.of(1, 0, 0, 0), 3, 9, Uint8Array.of(0, 1, 0, 0)).length, 2);
  });

  it("takes a path of a million nodes", () => {
    const path = shortestPath(reverse(list(MILLION)), [0], MILLION - 1);
    assert.equal(path?.edges.length, MILLION - 1);
  });
});
