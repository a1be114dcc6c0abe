import {
  type HeapFacts,
  HeapGraph,
  type NodeFacts,
  type NodeIndex,
  type RuntimeInfo,
  type SourceLocation,
  type TypeInfo,
} from "./HeapGraph.js";
import { EdgeKind, Flag, Kind, NO_GENERATION, Standing } from "./kinds.js";
import { LabelSort, packLabel } from "./labels.js";
import type { Pymalloc } from "./Pymalloc.js";
import { ListStringTable } from "./StringTable.js";

type FactName = Exclude<keyof HeapFacts, "stacks">;

/** What a hand-made node is like; all is optional. */
export interface NodeOptions {
  readonly kind?: Kind;
  /** Address; by default 0x1000, 0x1010, … in the order of making. */
  readonly id?: number;
  /** Bytes; 16 by default. */
  readonly size?: number;
  /** References from outside the heap; the refcount is these and the edges to the node. 0 by default. */
  readonly outside?: number;
  /** Bits of `Flag`, beside `tracked`. */
  readonly flags?: number;
  /** On the collector's list, which it is by default. Tracked nodes come first, in the order they are made. */
  readonly tracked?: boolean;
  readonly generation?: 0 | 1 | 2;
  /** Text of a str, name of a function. */
  readonly text?: string;
  readonly location?: SourceLocation;
  readonly number?: number;
  /** What the capture tells besides, a number each. */
  readonly facts?: Readonly<Partial<Record<FactName, number>>>;
  /** The type has `tp_clear`, as it has unless one of its nodes says otherwise. */
  readonly clears?: boolean;
}

interface DraftEdge {
  readonly from: NodeIndex;
  readonly to: NodeIndex;
  readonly label: string;
  readonly edgeClass: number;
}

/** Builds small heaps by hand: for tests, and for readers of formats that give single objects. */
export class HeapBuilder {
  readonly #nodes: { type: string; options: NodeOptions }[] = [];
  readonly #edges: DraftEdge[] = [];
  readonly #roots: { name: string; node: NodeIndex }[] = [];
  readonly #weakrefs: number[] = [];
  #pymalloc: Pymalloc | undefined;
  readonly #version: readonly [number, number, number];

  readonly #facts: Partial<RuntimeInfo>;

  /**
   * @param version of the CPython whose rules apply
   * @param facts of the process that differ from an unknown one's
   */
  constructor(version: readonly [number, number, number] = [3, 11, 0], facts: Partial<RuntimeInfo> = {}) {
    this.#version = version;
    this.#facts = facts;
  }

  /** Adds a node of a type and returns its handle. */
  node(type: string, options: NodeOptions = {}): NodeIndex {
    const last = this.#nodes.at(-1);
    if (options.tracked !== false && last?.options.tracked === false) {
      throw new RangeError("tracked nodes come before untracked ones");
    }
    return this.#nodes.push({ type, options }) - 1;
  }

  /**
   * Adds a traversed reference. Labels as they are printed: `.attr`, `['key']`, `[3]`, `closure:NAME`, `local:NAME`,
   * `<key>`; anything else is an internal reference.
   */
  edge(from: NodeIndex, to: NodeIndex, label = ""): this {
    this.#edges.push({ from, to, label, edgeClass: EdgeKind.strong | Standing.traversed });
    return this;
  }

  /** Adds a reference that holds a count but is not traversed. */
  owned(from: NodeIndex, to: NodeIndex, label = ""): this {
    this.#edges.push({ from, to, label, edgeClass: EdgeKind.strong | Standing.owned });
    return this;
  }

  /** Makes `weakref` refer weakly to `referent`, behind those that are there. */
  weak(weakref: NodeIndex, referent: NodeIndex): this {
    this.#edges.push({ from: weakref, to: referent, label: "", edgeClass: EdgeKind.weak | Standing.none });
    this.#weakrefs.push(referent, weakref);
    return this;
  }

  /** Adds traversed references that close a ring over the nodes. */
  ring(...nodes: NodeIndex[]): this {
    nodes.forEach((node, i) => this.edge(node, nodes[(i + 1) % nodes.length]));
    return this;
  }

  root(name: string, node: NodeIndex): this {
    this.#roots.push({ name, node });
    return this;
  }

  /** Says what the allocator had in use. */
  arenas(pymalloc: Pymalloc): this {
    this.#pymalloc = pymalloc;
    return this;
  }

  build(): HeapGraph {
    const count = this.#nodes.length;
    const strings = new ListStringTable();
    const types: { -readonly [K in keyof TypeInfo]: TypeInfo[K] }[] = [];
    const typeIndex = new Map<string, number>();
    const locations: SourceLocation[] = [];
    const numbers = new Map<NodeIndex, number>();
    const columns = {
      id: Float64Array.from({ length: count }, (_, i) => this.#nodes[i].options.id ?? 0x1000 + 16 * i),
      type: new Uint32Array(count),
      kind: new Uint8Array(count),
      selfSize: new Float64Array(count),
      refcount: new Int32Array(count),
      flags: new Uint16Array(count),
      generation: new Uint8Array(count).fill(NO_GENERATION),
      text: new Uint32Array(count),
      location: new Uint32Array(count),
      firstEdge: new Uint32Array(count + 1),
      edgeTo: new Uint32Array(this.#edges.length),
      edgeClass: new Uint8Array(this.#edges.length),
      edgeLabel: new Uint32Array(this.#edges.length),
    };
    this.#nodes.forEach(({ type, options }, i) => {
      if (!typeIndex.has(type)) {
        const gc = options.tracked !== false;
        typeIndex.set(type, types.push({ id: 0, module: "", name: type, node: -1, gc, clears: gc }) - 1);
      }
      columns.type[i] = typeIndex.get(type)!;
      if (options.clears !== undefined) types[columns.type[i]].clears = options.clears;
      columns.kind[i] = options.kind ?? Kind.instance;
      columns.selfSize[i] = options.size ?? 16;
      columns.refcount[i] = options.outside ?? 0;
      columns.flags[i] = (options.flags ?? 0) | (options.tracked === false ? 0 : Flag.tracked);
      columns.generation[i] = options.generation ?? NO_GENERATION;
      columns.text[i] = strings.intern(options.text ?? "");
      if (options.location) columns.location[i] = locations.push(options.location);
      if (options.number !== undefined) numbers.set(i, options.number);
    });
    const order = this.#edges.map((_, i) => i).sort((a, b) => this.#edges[a].from - this.#edges[b].from || a - b);
    order.forEach((index, at) => {
      const { from, to, label, edgeClass } = this.#edges[index];
      columns.firstEdge[from + 1]++;
      columns.edgeTo[at] = to;
      columns.edgeClass[at] = edgeClass;
      columns.edgeLabel[at] = parseLabel(label, strings);
      if ((edgeClass & EdgeKind.weak) === 0) columns.refcount[to]++;
    });
    for (let i = 0; i < count; i++) columns.firstEdge[i + 1] += columns.firstEdge[i];
    return new HeapGraph({
      columns,
      types,
      strings,
      locations,
      roots: this.#roots,
      info: this.#info(),
      collected: this.#nodes.filter(({ options }) => options.tracked !== false).length,
      numbers,
      weakrefs: Uint32Array.from(this.#weakrefs),
      facts: this.#nodeFacts(),
      pymalloc: this.#pymalloc,
    });
  }

  #nodeFacts(): HeapFacts {
    const facts: Partial<Record<FactName, Map<NodeIndex, number>>> = {};
    this.#nodes.forEach(({ options }, node) => {
      for (const [name, value] of Object.entries(options.facts ?? {}) as [FactName, number][]) {
        (facts[name] ??= new Map()).set(node, value);
      }
    });
    const known = (values: Map<NodeIndex, number>): NodeFacts => ({
      nodes: Uint32Array.from(values.keys()),
      values: Float64Array.from(values.values()),
      get: (node) => values.get(node),
    });
    return Object.fromEntries(Object.entries(facts).map(([name, values]) => [name, known(values)]));
  }

  #info(): RuntimeInfo {
    return {
      format: "hand-made",
      runtime: "cpython",
      version: this.#version,
      capturedAt: null,
      pid: null,
      argv: [],
      cwd: "",
      segments: null,
      gcEnabled: null,
      guardedKnown: true,
      redacted: false,
      has: {
        refcounts: true,
        generations: false,
        weakrefs: true,
        locations: true,
        arenas: false,
        threads: false,
        tracemalloc: false,
      },
      notes: [],
      sources: new Map(),
      ...this.#facts,
    };
  }
}

function parseLabel(label: string, strings: ListStringTable): number {
  if (label === "<key>") return packLabel(LabelSort.keyOf, 0);
  const index = /^\[(\d+)\]$/.exec(label);
  if (index) return packLabel(LabelSort.index, Number(index[1]));
  const key = /^\['(.*)'\]$/s.exec(label);
  if (key) return packLabel(LabelSort.key, strings.intern(key[1]));
  const named = /^(\.|closure:|local:)(.+)$/s.exec(label);
  if (!named) return LabelSort.internal;
  const sorts = { ".": LabelSort.attribute, "closure:": LabelSort.closure, "local:": LabelSort.local };
  return packLabel(sorts[named[1] as keyof typeof sorts], strings.intern(named[2]));
}
