import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { NodeIndex } from "../../src/heap/HeapGraph.js";
import { Kind } from "../../src/heap/kinds.js";
import type { Pymalloc } from "../../src/heap/Pymalloc.js";

export const POOL_BYTES = 4096;
export const HEADER = 48;
/** Address of the first arena, if none is said. */
export const START = 0x7f0000000000;

interface Pool {
  size: number;
  used: number;
  /** Blocks given out. */
  next: number;
}

/** Arenas of hand-made heaps, whose blocks are given out one after the other. */
export class HandMadeArenas {
  readonly arenaBytes: number;
  readonly #arenas: { readonly address: number; readonly first: number; readonly pools: Pool[] }[] = [];
  readonly #tables: [owner: NodeIndex, address: number][] = [];

  constructor(poolsEach = 4) {
    this.arenaBytes = poolsEach * POOL_BYTES;
  }

  /** Adds an arena and returns its number. Addresses have to rise; by default arenas lie two sizes apart. */
  arena(address = (this.#arenas.at(-1)?.address ?? START - 2 * this.arenaBytes) + 2 * this.arenaBytes): number {
    const first = Math.ceil(address / POOL_BYTES) * POOL_BYTES;
    const count = Math.floor((address + this.arenaBytes - first) / POOL_BYTES);
    const pools = Array.from({ length: count }, () => ({ size: 0, used: 0, next: 0 }));
    return this.#arenas.push({ address, first, pools }) - 1;
  }

  /** Address of a block that nothing is in yet, of so many bytes, in the first pool of an arena that has one. */
  block(arena: number, size = 64): number {
    const { first, pools } = this.#arenas[arena];
    const room = Math.floor((POOL_BYTES - HEADER) / size);
    const at = pools.findIndex((pool) => pool.size === 0 || (pool.size === size && pool.next < room));
    if (at < 0) throw new RangeError(`arena ${arena} is full`);
    const pool = pools[at];
    pool.size = size;
    pool.used++;
    return first + at * POOL_BYTES + HEADER + size * pool.next++;
  }

  /** Takes a block for a table of an object, and says so. */
  table(owner: NodeIndex, arena: number, size = 64): void {
    this.#tables.push([owner, this.block(arena, size)]);
  }

  /** Says that an object has a table at an address. */
  tableAt(owner: NodeIndex, address: number): void {
    this.#tables.push([owner, address]);
  }

  build(exact = true): Pymalloc {
    const pools = this.#arenas.flatMap((arena) => arena.pools);
    const firstPool = [0];
    for (const arena of this.#arenas) firstPool.push(firstPool.at(-1)! + arena.pools.length);
    return {
      exact,
      debug: false,
      poolBytes: POOL_BYTES,
      arenaBytes: this.arenaBytes,
      alignment: 16,
      headerBytes: HEADER,
      arenaAddress: Float64Array.from(this.#arenas, ({ address }) => address),
      firstPool: Uint32Array.from(firstPool),
      untouched: new Uint32Array(this.#arenas.length),
      poolClass: Uint8Array.from(pools, ({ size }) => size / 16),
      poolUsed: Uint16Array.from(pools, ({ used }) => used),
      tableOwner: Uint32Array.from(this.#tables, ([owner]) => owner),
      tableAddress: Float64Array.from(this.#tables, ([, address]) => address),
    };
  }
}

/** A heap with a module `app`, whose variables are set by edges from `globals`. */
export function program(
  options: {
    readonly version?: readonly [number, number, number];
    /** Where a function of the module is that uses variables: at line 12. */
    readonly uses?: { readonly file: string; readonly names: readonly string[] };
  } = {},
): { readonly heap: HeapBuilder; readonly globals: NodeIndex } {
  const heap = new HeapBuilder(options.version ?? [3, 12, 0]);
  const text = (value: string) => heap.node("str", { kind: Kind.str, text: value });
  const modules = heap.node("dict", { kind: Kind.dict, outside: 1 });
  const module = heap.node("module", { kind: Kind.module, text: "app" });
  const globals = heap.node("dict", { kind: Kind.dict });
  heap.root("sys.modules", modules).edge(modules, module, "['app']").edge(module, globals, ".__dict__");
  heap.edge(globals, text("app"), "['__name__']");
  if (options.uses) {
    const { file, names } = options.uses;
    const fn = heap.node("function", { kind: Kind.function, text: "run", location: { file, line: 12, name: "run" } });
    const [code, tuple] = [heap.node("code", { kind: Kind.code }), heap.node("tuple", { kind: Kind.tuple })];
    heap.edge(globals, fn, "['run']").edge(fn, globals, ".__globals__");
    heap.edge(fn, code, ".__code__").owned(code, tuple, ".co_names");
    names.forEach((name, i) => heap.edge(tuple, text(name), `[${i}]`));
  }
  return { heap, globals };
}
