import assert from "node:assert/strict";
import fc from "fast-check";
import type { NodeIndex } from "../../src/heap/HeapGraph.js";
import { Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { nearlyEmptyArenas } from "../../src/model/pymalloc/pins.js";
import { emptiedBy, suggestRelease } from "../../src/model/pymalloc/release.js";
import { HandMadeArenas, program } from "./handMadeArenas.js";

const MOST = 8;
const ARENAS = 4;
const LISTS = 2;

/** Objects, those that C code holds, references, where each object and some table of it lie, and blocks of nobody. */
interface Draft {
  readonly objects: readonly { readonly isList: boolean; readonly isHeld: boolean; readonly arena: number }[];
  /** From a list of the program (numbers below `LISTS`) or an object (those above). */
  readonly edges: readonly (readonly [from: number, to: number])[];
  readonly named: readonly number[];
  readonly tables: readonly (readonly [owner: number, arena: number])[];
  readonly strangers: readonly number[];
}

const drafts: fc.Arbitrary<Draft> = fc.integer({ min: 1, max: MOST }).chain((count) => {
  const object = fc.nat(count - 1);
  const arena = fc.nat(ARENAS - 1);
  return fc.record({
    objects: fc.array(
      fc.record({ isList: fc.boolean(), isHeld: fc.integer({ min: 0, max: 15 }).map((n) => n === 0), arena }),
      { minLength: count, maxLength: count },
    ),
    edges: fc.array(fc.tuple(fc.nat(LISTS + count - 1), object), { minLength: count, maxLength: 2 * count + 2 }),
    named: fc.array(object, { maxLength: 1 }),
    tables: fc.array(fc.tuple(object, arena), { maxLength: 4 }),
    strangers: fc.array(arena, { maxLength: 1 }),
  });
});

/** The heap of a draft, and what can be said of it slowly. */
class Slow {
  readonly analysis: Analysis;
  /** Objects as nodes. */
  readonly objects: readonly NodeIndex[];
  readonly #draft: Draft;
  readonly #lists: readonly NodeIndex[];

  constructor(draft: Draft) {
    this.#draft = draft;
    const { heap, globals } = program();
    const records = new HandMadeArenas();
    for (let i = 0; i < ARENAS; i++) records.arena();
    this.#lists = Array.from({ length: LISTS }, () => heap.node("list", { kind: Kind.list }));
    this.objects = draft.objects.map(({ isList, isHeld, arena }) =>
      heap.node("N", {
        kind: isList ? Kind.list : Kind.instance,
        outside: isHeld ? 1 : 0,
        id: records.block(arena),
      }),
    );
    this.#lists.forEach((list, i) => heap.edge(globals, list, `['L${i}']`));
    for (const [from, to] of draft.edges) heap.edge(this.#from(from), this.objects[to]);
    for (const to of draft.named) heap.edge(globals, this.objects[to], `['V${to}']`);
    for (const [owner, arena] of draft.tables) records.table(this.objects[owner], arena);
    for (const arena of draft.strangers) records.block(arena);
    this.analysis = new Analysis(heap.arenas(records.build()).build());
  }

  #from(number: number): NodeIndex {
    return number < LISTS ? this.#lists[number] : this.objects[number - LISTS];
  }

  /** Objects that stand under a name. */
  structure(): Set<NodeIndex> {
    const found = new Set(this.#draft.named.map((to) => this.objects[to]));
    this.#draft.objects.forEach(({ isHeld }, i) => isHeld && found.add(this.objects[i]));
    for (const node of found) {
      const at = this.objects.indexOf(node);
      if (this.#draft.objects[at].isList) continue;
      for (const [from, to] of this.#draft.edges) if (from - LISTS === at) found.add(this.objects[to]);
    }
    return found;
  }

  /** Objects that go if some went. */
  without(gone: ReadonlySet<NodeIndex>): Set<NodeIndex> {
    const held = this.#draft.objects.flatMap(({ isHeld }, i) => (isHeld ? [this.objects[i]] : []));
    const alive = new Set([...this.#lists, ...held, ...this.#draft.named.map((to) => this.objects[to])]);
    for (const node of alive) {
      if (gone.has(node)) {
        alive.delete(node);
        continue;
      }
      for (const [from, to] of this.#draft.edges) {
        if (this.#from(from) === node && !gone.has(this.objects[to])) alive.add(this.objects[to]);
      }
    }
    return new Set(this.objects.filter((node) => !alive.has(node)));
  }

  /** The outermost object below structure without which one goes, or itself. */
  unit(node: NodeIndex): NodeIndex {
    const structure = this.structure();
    const holds = (by: NodeIndex, it: NodeIndex) => by === it || this.without(new Set([by])).has(it);
    const above = this.objects.filter((by) => !structure.has(by) && holds(by, node));
    return above.find((by) => above.every((other) => holds(by, other))) ?? node;
  }

  /** Arenas of which all blocks are of some objects; with blocks of nobody, too. */
  emptied(gone: ReadonlySet<NodeIndex>): { sure: number[]; unsure: number[] } {
    const result: { sure: number[]; unsure: number[] } = { sure: [], unsure: [] };
    for (let arena = 0; arena < ARENAS; arena++) {
      const owners = this.owners(arena);
      const isUnsure = this.#draft.strangers.includes(arena);
      if (owners.every((node) => gone.has(node)) && (owners.length > 0 || isUnsure)) {
        (isUnsure ? result.unsure : result.sure).push(arena);
      }
    }
    return result;
  }

  owners(arena: number): NodeIndex[] {
    const own = this.objects.filter((_, i) => this.#draft.objects[i].arena === arena);
    return own.concat(this.#draft.tables.filter(([, at]) => at === arena).map(([owner]) => this.objects[owner]));
  }

  isUnexplained(arena: number): boolean {
    return this.#draft.strangers.includes(arena);
  }
}

function* subsets<T>(of: readonly T[]): Generator<Set<T>> {
  for (let bits = 0; bits < 1 << of.length; bits++) yield new Set(of.filter((_, i) => (bits & (1 << i)) !== 0));
}

describe("properties of arenas on random heaps", () => {
  it("the unit of an object is the outermost entry without which it goes", () => {
    const seen = { entry: 0, inner: 0, structure: 0, garbage: 0 };
    fc.assert(
      fc.property(drafts, (draft) => {
        const slow = new Slow(draft);
        const { units } = slow.analysis;
        const [structure, garbage] = [slow.structure(), slow.without(new Set())];
        for (const node of slow.objects) {
          const unit = units.of(node);
          const sort = garbage.has(node) ? "garbage" : structure.has(node) ? "structure" : "entry";
          assert.equal(units.sortOf(unit), sort);
          if (sort !== "garbage") assert.equal(unit, sort === "entry" ? slow.unit(node) : node);
          seen[unit === node || sort !== "entry" ? sort : "inner"]++;
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(
      Object.values(seen).every((count) => count > 50),
      JSON.stringify(seen),
    );
  });

  it("arenas are emptied by objects if all their blocks are of these", () => {
    fc.assert(
      fc.property(drafts, fc.integer(), (draft, bits) => {
        const slow = new Slow(draft);
        const gone = new Set(slow.objects.filter((_, i) => (bits & (1 << i)) !== 0));
        assert.deepEqual(
          emptiedBy(slow.analysis.arenas!, (node) => gone.has(node)),
          slow.emptied(gone),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("steps of a release empty what they say, and no choice of as few entries completes more arenas", () => {
    let steps = 0;
    fc.assert(
      fc.property(drafts, (draft) => {
        const slow = new Slow(draft);
        const { arenas: map, units } = slow.analysis;
        const release = suggestRelease(nearlyEmptyArenas(map!, units, 1));
        assert.equal(release.isBest, true);
        const garbage = slow.without(new Set());
        const structure = slow.structure();
        // What each arena needs: entries, or nothing at all can help.
        const needs = new Map<number, Set<NodeIndex>>();
        const helpless = { unexplained: 0, structure: 0 };
        for (let arena = 0; arena < ARENAS; arena++) {
          const owners = slow.owners(arena).filter((node) => !garbage.has(node));
          if (slow.isUnexplained(arena)) helpless.unexplained++;
          else if (owners.some((node) => structure.has(node))) helpless.structure++;
          else if (owners.length > 0) needs.set(arena, new Set(owners.map((node) => slow.unit(node))));
        }
        assert.deepEqual([release.heldByUnexplained, release.heldByStructure], Object.values(helpless));
        const completed = (chosen: ReadonlySet<NodeIndex>) =>
          [...needs].filter(([, wanted]) => [...wanted].every((unit) => chosen.has(unit))).map(([arena]) => arena);
        const all = [...new Set([...needs.values()].flatMap((wanted) => [...wanted]))];
        const best = Array<number>(all.length + 1).fill(0);
        for (const chosen of subsets(all)) best[chosen.size] = Math.max(best[chosen.size], completed(chosen).length);
        const chosen = new Set<NodeIndex>();
        const told: number[] = [];
        for (const step of release.steps) {
          steps++;
          for (const unit of step.units) chosen.add(unit);
          told.push(...step.arenas);
          assert.deepEqual(told.toSorted(), completed(chosen));
          assert.equal(told.length, best[chosen.size]);
          const { sure } = slow.emptied(slow.without(chosen));
          assert.ok(
            told.every((arena) => sure.includes(arena)),
            "they are empty once the entries are gone",
          );
        }
        assert.equal(told.length, needs.size);
      }),
      { numRuns: 500 },
    );
    assert.ok(steps > 300, `${steps} steps`);
  });
});
