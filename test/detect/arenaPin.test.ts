import assert from "node:assert/strict";
import type { Finding } from "../../src/detect/Finding.js";
import { renderMessage } from "../../src/detect/messages.js";
import { arenaPin } from "../../src/detect/rules/arenaPin.js";
import type { NodeOptions } from "../../src/heap/HeapBuilder.js";
import type { NodeIndex } from "../../src/heap/HeapGraph.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { HandMadeArenas, program } from "../model/handMadeArenas.js";

/** Arenas of 256 KiB, of which 20 are just above 5 MB. */
const POOLS = 64;
const ENOUGH = 20;

/** A module whose variables are lists, with entries wherever a test puts them. */
function scene(file = "/srv/app.py") {
  const { heap, globals } = program({ uses: { file, names: ["KEPT"] } });
  const records = new HandMadeArenas(POOLS);
  const made: { readonly list: NodeIndex; readonly options: NodeOptions }[] = [];
  const list = (name: string, flags = 0) => {
    const node = heap.node("list", { kind: Kind.list, flags });
    heap.edge(globals, node, `['${name}']`);
    return node;
  };
  const put = (into: NodeIndex, arena: number, more: NodeOptions = {}) => {
    const node = heap.node("Record", { id: records.block(arena, 512), ...more });
    made.push({ list: into, options: more });
    heap.edge(into, node, `[${made.length}]`);
    return node;
  };
  /** So many more arenas, each with one entry of each of the lists. */
  const fill = (count: number, ...lists: NodeIndex[]) =>
    Array.from({ length: count }, () => {
      const arena = records.arena();
      return lists.map((into) => put(into, arena));
    }).flat();
  const detect = (): readonly Finding[] => arenaPin.detect(new Analysis(heap.arenas(records.build()).build()));
  return { heap, globals, records, list, put, fill, detect };
}

describe("arena-pin", () => {
  it("names the container that alone keeps 5 MB of nearly empty arenas, with its line, objects and figures", () => {
    const { list, fill, detect } = scene();
    const objects = fill(ENOUGH, list("KEPT"));
    const [finding, ...more] = detect();
    assert.deepEqual(more, []);
    assert.deepEqual(
      [finding.rule, finding.severity, finding.count, finding.bytes],
      ["arena-pin", "warning", ENOUGH, ENOUGH * (1 << 18)],
    );
    assert.deepEqual(finding.objects, objects);
    assert.match(renderMessage(finding.title), /^app\.KEPT keeps 20 nearly empty arenas .* 5\.2 MB/);
    assert.match(renderMessage(finding.why), /^20 objects with 10\.2 kB/);
    assert.match(renderMessage(finding.fix!), /gc\.collect\(\)/);
    assert.deepEqual(finding.location, { file: "/srv/app.py", line: 12, name: "run" });
    assert.deepEqual(finding.anchor, { kind: "global", name: "KEPT" });
    assert.deepEqual(
      finding.path.map(({ label }) => label),
      ["", "['app']", ".__dict__", "['KEPT']", "[1]"],
    );
  });

  it("keeps quiet below 5 MB, and below a tenth of all arenas", () => {
    const small = scene();
    small.fill(ENOUGH - 1, small.list("KEPT"));
    assert.deepEqual(small.detect(), []);
    for (const [others, findings] of [
      [9 * ENOUGH, 1],
      [9 * ENOUGH + 1, 0],
    ]) {
      const { records, list, fill, detect } = scene();
      fill(ENOUGH, list("KEPT"));
      for (let i = 0; i < others; i++) {
        const arena = records.arena();
        // Above a tenth of the arena's bytes: 52 blocks of 512 bytes.
        for (let block = 0; block < 52; block++) records.block(arena, 512);
      }
      assert.equal(detect().length, findings, `${others} other arenas`);
    }
  });

  it("keeps quiet about arenas of which more than a tenth is in use", () => {
    for (const [blocks, findings] of [
      [51, 1],
      [52, 0],
    ]) {
      const { records, list, put, detect } = scene();
      const kept = list("KEPT");
      for (let i = 0; i < ENOUGH; i++) {
        const arena = records.arena();
        for (let block = 0; block < blocks; block++) put(kept, arena);
      }
      assert.equal(detect().length, findings, `${blocks} blocks`);
    }
  });

  it("does not count arenas that something else holds, too", () => {
    for (const other of ["unexplained", "structure", "C code", "agent"] as const) {
      const { heap, globals, records, list, fill, put, detect } = scene();
      const [kept, agents] = [list("KEPT"), list("OWN", Flag.agent)];
      fill(ENOUGH - 1, kept);
      const arena = records.arena();
      put(kept, arena);
      if (other === "unexplained") records.block(arena, 64);
      if (other === "structure")
        heap.edge(globals, heap.node("type", { kind: Kind.type, id: records.block(arena) }), "['T']");
      if (other === "C code") heap.node("Held", { outside: 1, id: records.block(arena) });
      if (other === "agent") put(agents, arena, { flags: Flag.agent });
      assert.deepEqual(detect(), [], other);
    }
  });

  it("counts arenas that garbage is in, too: the next collection frees it", () => {
    const { heap, records, list, fill, put, detect } = scene();
    const kept = list("KEPT");
    fill(ENOUGH - 1, kept);
    const arena = records.arena();
    put(kept, arena);
    const ring = heap.node("Ring", { id: records.block(arena) });
    heap.edge(ring, ring, ".self");
    const [finding] = detect();
    assert.equal(finding.count, ENOUGH);
    assert.ok(!finding.objects.includes(ring));
  });

  it("tells each of two containers that hold arenas of their own", () => {
    const { list, fill, detect } = scene();
    const [first, second, few] = ["FIRST", "SECOND", "FEW"].map((name) => list(name));
    fill(ENOUGH, first);
    fill(2, first, few);
    fill(ENOUGH + 1, second);
    const titles = detect().map(({ title }) => renderMessage(title));
    assert.equal(titles.length, 2);
    assert.match(titles[0], /^app\.SECOND keeps 21 /);
    assert.match(titles[1], /^app\.FIRST keeps 20 /);
  });

  it("tells several that keep arenas together, the one in most of them first, those of few left out", () => {
    const { heap, records, list, fill, put, detect } = scene();
    const [a, b, few] = ["A", "B", "FEW"].map((name) => list(name));
    const objects = [...fill(ENOUGH, a, a, b), ...fill(3, b)];
    fill(2, b, few);
    const arena = records.arena();
    objects.push(put(b, arena));
    const ring = heap.node("Ring", { id: records.block(arena) });
    heap.edge(ring, ring, ".self");
    const findings = detect();
    assert.equal(findings.length, 1);
    assert.match(renderMessage(findings[0].title), /^app\.B, app\.A together keep 24 nearly empty arenas/);
    assert.deepEqual([findings[0].objects.toSorted((x, y) => x - y), findings[0].count], [objects, ENOUGH + 4]);
  });

  it("tells several beside one that holds arenas of its own", () => {
    const { list, fill, detect } = scene();
    const [a, b, c] = ["A", "B", "C"].map((name) => list(name));
    fill(ENOUGH, a);
    fill(ENOUGH + 5, b, c);
    const titles = detect().map(({ title }) => renderMessage(title));
    assert.equal(titles.length, 2);
    assert.match(titles[0], /^app\.A keeps 20 /);
    assert.match(titles[1], /^app\.B, app\.C together keep 25 /);
  });

  it("keeps quiet about several where what they hold alone is too little", () => {
    const { records, list, fill, detect } = scene();
    const lists = [list("A"), list("B")];
    fill(ENOUGH - 1, ...lists);
    fill(1, ...lists);
    records.block(ENOUGH - 1, 64);
    assert.deepEqual(detect(), []);
  });

  it("tells a container's remaining arenas not a second time, with others", () => {
    const { list, fill, detect } = scene();
    const [a, b] = [list("A"), list("B")];
    fill(ENOUGH, a);
    fill(ENOUGH, a, b);
    assert.deepEqual(
      detect().map(({ count }) => count),
      [ENOUGH],
    );
  });

  it("is but a hint where the container is a library's", () => {
    for (const [file, severity] of [
      ["/usr/lib/python3.12/json/decoder.py", "info"],
      ["/srv/venv/lib/python3.12/site-packages/feeds/parse.py", "info"],
      ["/srv/app.py", "warning"],
    ]) {
      const { list, fill, detect } = scene(file);
      fill(ENOUGH, list("KEPT"));
      assert.deepEqual(
        detect().map((finding) => finding.severity),
        [severity],
        file,
      );
    }
  });

  it("keeps quiet where arenas are estimated, and about the agent's own", () => {
    const { heap, records, list, put } = scene();
    const kept = list("KEPT");
    // As the allocator would place them, behind the collector's header.
    for (let i = 0; i < 2 * ENOUGH; i++) put(kept, records.arena(), { size: 512, id: records.block(i, 512) + 16 });
    const analysis = new Analysis(heap.build());
    const { arenaCount, pymalloc } = analysis.arenas!;
    assert.ok(arenaCount * pymalloc.arenaBytes > 2 * ENOUGH * records.arenaBytes);
    assert.deepEqual(arenaPin.detect(analysis), []);
    const own = scene();
    const agents = own.list("KEPT", Flag.agent);
    for (let i = 0; i < ENOUGH; i++) own.put(agents, own.records.arena(), { flags: Flag.agent });
    assert.deepEqual(own.detect(), []);
  });

  it("has a fingerprint by names alone, of several in any order", () => {
    const print = (most: string, ...names: string[]) => {
      const { list, fill, detect } = scene();
      const lists = new Map(names.map((name) => [name, list(name)]));
      fill(ENOUGH, ...lists.values());
      fill(3, lists.get(most)!);
      return detect()[0].fingerprint;
    };
    assert.notEqual(print("A", "A"), print("B", "B"));
    assert.equal(print("A", "A", "B"), print("B", "A", "B"));
    assert.notEqual(print("A", "A", "B"), print("A", "A"));
  });
});
