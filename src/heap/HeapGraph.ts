import { kindNames } from "./kinds.js";
import { addressText, nodeName } from "./names.js";
import type { AllocatorInfo, Pymalloc } from "./Pymalloc.js";
import type { StringTable } from "./StringTable.js";

declare const nodeBrand: unique symbol;
declare const edgeBrand: unique symbol;
/** A node's row in the columns. */
export type NodeIndex = number & { readonly [nodeBrand]?: true };
/** An edge's row in the edge columns. */
export type EdgeIndex = number & { readonly [edgeBrand]?: true };

/** A type of the captured program. */
export interface TypeInfo {
  /** Address of the type object. */
  readonly id: number;
  readonly module: string;
  readonly name: string;
  /** Node of the type object, or -1 where nothing refers to it. */
  readonly node: number;
  /** The collector can keep its instances on its lists (`Py_TPFLAGS_HAVE_GC`). */
  readonly gc: boolean;
  /**
   * The collector can take its instances apart (`tp_clear`); a cycle of instances without it stays whole.
   * Null where the file does not tell.
   */
  readonly clears: boolean | null;
}

/** A place in source code. `line` is 1-based, 0 where only the file is known. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  /** 1-based; undefined where only the line is known. */
  readonly column?: number;
  readonly name: string;
  /** Where the running code has it, if a source map led from there to this place. */
  readonly generated?: { readonly file: string; readonly line: number; readonly column?: number };
  /** Why the source map that the script names was not followed. */
  readonly unmapped?: string;
}

/** An object that the interpreter itself keeps alive, by name. */
export interface NamedRoot {
  readonly name: string;
  readonly node: NodeIndex;
  /** The engine's own: it tells less than any other. */
  readonly engine?: true;
}

/** A stretch of the collector's lists: `count` rows of one generation. */
export interface GenerationSegment {
  readonly generation: number;
  readonly count: number;
}

/** Facts of the captured process that are not about single objects. */
export interface RuntimeInfo {
  /** Name of the file format. */
  readonly format: string;
  readonly runtime: "cpython" | "v8";
  /** Major, minor, micro. */
  readonly version: readonly [number, number, number];
  /** Seconds since 1970, or null. */
  readonly capturedAt: number | null;
  readonly pid: number | null;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The collector's lists in row order, or null where the boundaries are unknown. */
  readonly segments: readonly GenerationSegment[] | null;
  readonly gcEnabled: boolean | null;
  /** `Flag.guarded` is known: a generator without it runs nothing of its own when it is closed. */
  readonly guardedKnown: boolean;
  readonly redacted: boolean;
  /** Which facts the file holds. */
  readonly has: {
    readonly refcounts: boolean;
    readonly generations: boolean;
    readonly weakrefs: boolean;
    readonly locations: boolean;
    readonly arenas: boolean;
    readonly threads: boolean;
    readonly tracemalloc: boolean;
  };
  /** CPython: where small blocks of memory came from; undefined where the file does not tell. */
  readonly allocator?: AllocatorInfo;
  /** What a reader should tell the user about this capture. */
  readonly notes: readonly string[];
  /** Last change (seconds since 1970) and size (bytes) of source files at capture. */
  readonly sources: ReadonlyMap<string, readonly [number, number]>;
}

/** The columns of a heap. All node columns have one entry a node, all edge columns one an edge. */
export interface HeapColumns {
  /** Address (CPython) or id (V8). */
  readonly id: Float64Array;
  /** Index into `types`. */
  readonly type: Uint32Array;
  readonly kind: Uint8Array;
  /** Bytes. */
  readonly selfSize: Float64Array;
  /** References counted by the interpreter, or `UNKNOWN_REFCOUNT`. */
  readonly refcount: Int32Array;
  readonly flags: Uint16Array;
  readonly generation: Uint8Array;
  /** String index of the node's text (a str's value, a function's or module's name), or 0. */
  readonly text: Uint32Array;
  /** Index into `locations` plus one, or 0. */
  readonly location: Uint32Array;
  /** Edges of node i are firstEdge[i] up to firstEdge[i + 1]; traversed ones first, in traversal order. */
  readonly firstEdge: Uint32Array;
  readonly edgeTo: Uint32Array;
  /** Edge kind and standing, see kinds.ts. */
  readonly edgeClass: Uint8Array;
  /** Packed labels, see labels.ts. */
  readonly edgeLabel: Uint32Array;
}

/** Values of numbers by node. */
export interface NumberTable {
  get(node: NodeIndex): number | undefined;
}

/** A number for some of the nodes: node indices in ascending order, and a value for each. */
export interface NodeFacts extends NumberTable {
  readonly nodes: Uint32Array;
  readonly values: Float64Array;
}

/** Scopes of scripts, by rows, and which of them use which variables. */
export interface ScopeTable {
  /** The row of a script's scope by the number that V8 has for it, or -1. */
  find(script: NodeIndex, id: number): number;
  /** The row of the scope around a scope, or -1. */
  parent(row: number): number;
  /** Rows of the scopes that use a variable of a scope; undefined where closures share no variable of that name. */
  usersOf(row: number, variable: string): readonly number[] | undefined;
}

/** What a capture tells of some nodes besides. A fact that is missing is unknown. */
export interface HeapFacts {
  /** Line at which a suspended generator or coroutine waits. */
  readonly suspendedLine?: NodeFacts;
  /** A `FutureState` for each future and task. */
  readonly futureState?: NodeFacts;
  /** Greatest number of entries of a bounded container. */
  readonly limit?: NodeFacts;
  /** Bytes of the frame that a code object keeps for its next call. */
  readonly zombieBytes?: NodeFacts;
  /** The same number for str or bytes objects with the same value; those without an equal one are left out. */
  readonly equalGroup?: NodeFacts;
  /** Index into `stacks` of where the object was allocated. */
  readonly site?: NodeFacts;
  /** Calls that allocated something, the innermost first. */
  readonly stacks?: readonly (readonly SourceLocation[])[];
  /** V8, where it tells: which function uses which variable of those around it. */
  readonly scopes?: ScopeTable;
}

/** What a heap consists of beside its columns. */
export interface HeapParts {
  readonly columns: HeapColumns;
  readonly types: readonly TypeInfo[];
  readonly strings: StringTable;
  readonly locations: readonly SourceLocation[];
  readonly roots: readonly NamedRoot[];
  readonly info: RuntimeInfo;
  /** The first so many rows are the collector's own lists, in its order. */
  readonly collected: number;
  /** Value of an int or a float by node, where known. */
  readonly numbers: NumberTable;
  /** Weak references in each referent's list order: pairs of (referent, weakref). */
  readonly weakrefs: Uint32Array;
  readonly facts: HeapFacts;
  /** Arenas and pools of CPython's allocator, where the file holds them. */
  readonly pymalloc?: Pymalloc | undefined;
}

/** An immutable heap: nodes and edges in columns (struct of arrays, CSR). */
export class HeapGraph {
  readonly columns: HeapColumns;
  readonly types: readonly TypeInfo[];
  readonly strings: StringTable;
  readonly locations: readonly SourceLocation[];
  readonly roots: readonly NamedRoot[];
  readonly info: RuntimeInfo;
  readonly collected: number;
  readonly numbers: NumberTable;
  readonly weakrefs: Uint32Array;
  readonly facts: HeapFacts;
  readonly pymalloc: Pymalloc | undefined;
  #sortedIds: Uint32Array | undefined;

  constructor(parts: HeapParts) {
    this.columns = parts.columns;
    this.types = parts.types;
    this.strings = parts.strings;
    this.locations = parts.locations;
    this.roots = parts.roots;
    this.info = parts.info;
    this.collected = parts.collected;
    this.numbers = parts.numbers;
    this.weakrefs = parts.weakrefs;
    this.facts = parts.facts;
    this.pymalloc = parts.pymalloc;
  }

  get nodeCount(): number {
    return this.columns.id.length;
  }

  get edgeCount(): number {
    return this.columns.edgeTo.length;
  }

  /** The text of a string index. */
  string(index: number): string {
    return this.strings.get(index);
  }

  /** Type name as people write it: without `builtins.` and `__builtin__.`. */
  typeName(node: NodeIndex): string {
    const type = this.types[this.columns.type[node]];
    return type ? typeInfoName(type) : "?";
  }

  kindName(node: NodeIndex): string {
    return kindNames[this.columns.kind[node]] ?? "other";
  }

  hasFlag(node: NodeIndex, flag: number): boolean {
    return (this.columns.flags[node] & flag) !== 0;
  }

  location(node: NodeIndex): SourceLocation | undefined {
    return this.locations[this.columns.location[node] - 1];
  }

  /** The id as the command line prints it: `0x…` in CPython, `@…` in V8. */
  idText(node: NodeIndex): string {
    const id = this.columns.id[node];
    return this.info.runtime === "v8" ? `@${id}` : addressText(id);
  }

  /** The rows of one of the collector's lists: node indices; none where the file does not tell its lists apart. */
  rowsOfGeneration(generation: number): readonly [from: NodeIndex, to: NodeIndex] {
    let at = 0;
    for (const segment of this.info.segments ?? []) {
      if (segment.generation === generation) return [at, at + segment.count];
      at += segment.count;
    }
    return [0, 0];
  }

  /** The node with an id as printed or as a decimal number, or undefined. */
  nodeOfId(text: string): NodeIndex | undefined {
    const match = /^(?:@(\d+)|(0x[0-9a-f]+)|(\d+))$/i.exec(text.trim());
    return match ? this.nodeOfAddress(Number(match[1] ?? match[2] ?? match[3])) : undefined;
  }

  /** The node at an address, or undefined. */
  nodeOfAddress(address: number): NodeIndex | undefined {
    const { id } = this.columns;
    this.#sortedIds ??= new Uint32Array(this.nodeCount).map((_, i) => i).sort((a, b) => id[a] - id[b]);
    const order = this.#sortedIds;
    let low = 0;
    let high = order.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = id[order[middle]];
      if (at === address) return order[middle];
      if (at < address) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** A short name: text of a str, value of a number, name of a function, else the type's name. */
  nodeName(node: NodeIndex): string {
    return nodeName(this, node);
  }
}

/** A type's name without the module where that is the builtins. */
export function typeInfoName(type: TypeInfo): string {
  return type.module === "" || type.module === "builtins" || type.module === "__builtin__"
    ? type.name
    : `${type.module}.${type.name}`;
}
