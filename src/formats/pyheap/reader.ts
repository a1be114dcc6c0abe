import { HeapGraph, type NamedRoot, type SourceLocation, type TypeInfo } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { BytesStringTable } from "../../heap/StringTable.js";
import { AddressIndex, findNumber } from "../AddressIndex.js";
import type { ByteSource, ReadOptions } from "../ByteSource.js";
import { SnapshotError } from "../errors.js";
import { unsignedNumbers } from "../npy.js";
import { ZipArchive } from "../zip.js";
import { loadArenas } from "./arenas.js";
import { loadCodes, nameModules, placeFunctions } from "./codeNames.js";
import { Columns } from "./columns.js";
import { EdgeLabeler } from "./EdgeLabeler.js";
import { loadFacts } from "./facts.js";
import { ExtraEdges, splitEdges } from "./GraphDraft.js";
import { loadItems, NONE } from "./Items.js";
import { corrupt, FORMAT, type Meta, parseMeta } from "./meta.js";
import { generations, loadFlags, loadNumbers, loadRefcounts } from "./nodeColumns.js";
import { loadOwned, loadWeakrefs, markBorrowed } from "./otherEdges.js";
import { runtimeInfo } from "./runtimeInfo.js";
import { attachThreads, loadThreads } from "./threads.js";
import { canBeTracked, isHeapType, kindOfType } from "./typeKinds.js";

// What each node costs while it is read, beside the file's own columns: the graph, the address index.
const BYTES_PER_NODE = 100;
const MAX_META = 512 << 20;
const SYNTHETIC_BASE = 2 ** 52;
// High word of the first address that is none: there the reader's own ids begin.
const ADDRESS_LIMIT = SYNTHETIC_BASE / 2 ** 32;

/**
 * Reads a `.pyheapsnapshot` (docs/FORMAT.md) as a whole.
 *
 * What this format can't tell: strings beyond the cut, what C extensions hold outside `tp_traverse`,
 * who holds an interned string, and in 2.7 where the generations begin.
 *
 * @throws SnapshotError not-a-snapshot, unsupported-version, truncated, corrupt or too-large
 */
export async function readPyHeap(source: ByteSource, options: ReadOptions = {}): Promise<HeapGraph> {
  const zip = await ZipArchive.open(source, FORMAT);
  if (!zip.has("meta.json")) {
    throw new SnapshotError("not-a-snapshot", "the archive holds no meta.json, so it is no heap snapshot", {
      advice: "Open a file that `ouroboros capture` wrote.",
    });
  }
  if (zip.sizeOf("meta.json")! > MAX_META) throw corrupt("meta.json is larger than any real one");
  const meta = parseMeta(await zip.read("meta.json", options.signal));
  if (meta.total * 8 > (zip.sizeOf("nodes/id.npy") ?? Infinity))
    throw corrupt("fewer objects are stored than declared");
  const declared = zip.members().reduce((sum, member) => sum + member.size, 0);
  const needed = declared + meta.total * BYTES_PER_NODE;
  if (needed > (options.maxBytes ?? Infinity)) {
    throw new SnapshotError("too-large", `the snapshot needs about ${needed} bytes of memory to open`, {
      format: FORMAT,
      advice: `Only ${options.maxBytes} are to be had here. Open it on a machine with more memory.`,
    });
  }
  return new Reader(meta, new Columns(zip, options.signal), options).read();
}

function checkBelow(words: Uint32Array, limit: number, what: string): void {
  for (let i = 1; i < words.length; i += 2) {
    if (words[i] >= limit) throw corrupt(`object ${(i - 1) / 2} has an impossible ${what}`);
  }
}

class Reader {
  readonly #meta: Meta;
  readonly #columns: Columns;
  readonly #options: ReadOptions;
  /** Nodes in the file, and with those that the reader adds for threads and frames. */
  readonly #total: number;
  #rows = 0;

  constructor(meta: Meta, columns: Columns, options: ReadOptions) {
    this.#meta = meta;
    this.#columns = columns;
    this.#options = options;
    this.#total = meta.total;
  }

  #step(done: number, step: string): void {
    this.#options.signal?.throwIfAborted();
    this.#options.progress?.(done, step);
  }

  async read(): Promise<HeapGraph> {
    const meta = this.#meta;
    const total = this.#total;
    this.#step(0, "objects");
    this.#columns.prefetchAll();
    const idWords = await this.#columns.words("nodes/id", total);
    checkBelow(idWords, ADDRESS_LIMIT, "address");
    const nodes = new AddressIndex(idWords);
    if (nodes.duplicate >= 0) throw corrupt(`object ${nodes.duplicate} has an address that stood before`);
    const threads = await loadThreads(this.#columns, meta);
    this.#rows = total + meta.threads.length + threads.frames;
    const rows = this.#rows;

    const type = new Uint32Array(rows);
    type.set(await this.#columns.u4("nodes/type", total));
    const typeKinds = meta.types.map(kindOfType);
    const threadType = typeKinds.push(Kind.thread, Kind.frame) - 2;
    for (let i = 0; i < total; i++) if (type[i] >= threadType) throw corrupt(`object ${i} has an unknown type`);
    type.fill(threadType, total, total + meta.threads.length);
    type.fill(threadType + 1, total + meta.threads.length);
    const kind = new Uint8Array(rows);
    for (let i = 0; i < rows; i++) kind[i] = typeKinds[type[i]]!;

    this.#step(0.15, "strings");
    const { table, index: stringIndex, words: stringWords } = await this.#strings();
    const text = new Uint32Array(rows);
    for (let k = 0; k < stringWords.length / 2; k++) {
      const node = nodes.find(stringWords[2 * k], stringWords[2 * k + 1]);
      if (node >= 0 && kind[node] === Kind.str) text[node] = k + 1;
    }

    this.#step(0.3, "references");
    const edgeWords = await this.#columns.words("edges/to");
    const traversed = splitEdges(edgeWords, meta.marker, nodes, total, rows);
    const extra = new ExtraEdges();

    this.#step(0.5, "labels");
    const codes = await loadCodes(this.#columns, nodes, stringIndex, table);
    const items = await loadItems(this.#columns, nodes, stringIndex);
    const heapTypeNode = this.#heapTypeNodes(nodes);
    const exactDict = meta.types.findIndex((t) => t.name === "dict" && !isHeapType(t) && /builtin/.test(t.module));
    const sequenceType = typeKinds.map((k) => k === Kind.list || k === Kind.tuple);
    const labeler = new EdgeLabeler(
      {
        total,
        version: meta.version,
        kind,
        heapType: (node) => heapTypeNode[type[node]],
        isExactDict: (node) => type[node] === exactDict,
        isSequence: (node) => sequenceType[type[node]],
        text,
        strings: {
          dictName: table.intern("__dict__"),
          className: table.intern("__class__"),
          cellContents: table.intern("cell_contents"),
        },
      },
      traversed,
      items,
      extra,
    );
    labeler.run();
    const location = new Uint32Array(rows);
    const places = { kind: kind.subarray(0, total), text, location, cellName: labeler.cellName };
    placeFunctions(traversed, codes, places);
    nameModules(traversed, labeler.label, table.indicesOf("__name__"), places);

    this.#step(0.8, "threads and weak references");
    const locations: SourceLocation[] = codes.locations;
    attachThreads(threads, meta, {
      base: total,
      nodes,
      strings: stringIndex,
      codes,
      extra,
      frame: (node, at, line) => {
        const code = locations[at - 1];
        if (!code) return;
        location[node] = locations.push({ ...code, line });
        text[node] = codes.names[at - 1]!;
      },
      cell: (node, name) => {
        if (kind[node] === Kind.cell) labeler.cellName[node] ||= name;
      },
    });
    labeler.nameCells();
    meta.threads.forEach((thread, i) => {
      text[total + i] = table.add(thread.name || String(thread.ident));
    });
    await loadOwned(this.#columns, nodes, stringIndex, extra);
    const weakrefs = await loadWeakrefs(this.#columns, nodes, extra);

    this.#step(0.9, "columns");
    const id = new Float64Array(rows);
    id.set(unsignedNumbers(idWords));
    for (let i = total; i < rows; i++) id[i] = SYNTHETIC_BASE + i;
    const refcount = await loadRefcounts(this.#columns, meta, nodes, rows);
    const selfSize = new Float64Array(rows);
    const sizeWords = await this.#columns.words("nodes/size", total);
    checkBelow(sizeWords, ADDRESS_LIMIT, "size");
    selfSize.set(unsignedNumbers(sizeWords));
    const flags = await loadFlags(this.#columns, meta, nodes, type, refcount);
    const types = this.#types(nodes, table, text);
    const edges = extra.merge(traversed, labeler.label);
    await markBorrowed(this.#columns, nodes, traversed, edges);
    this.#step(1, "done");
    return new HeapGraph({
      columns: {
        id,
        type,
        kind,
        selfSize,
        refcount,
        flags,
        generation: generations(meta, rows),
        text,
        location,
        ...edges,
      },
      types,
      strings: table,
      locations,
      roots: this.#roots(nodes, threads.frames > 0),
      info: runtimeInfo(this.#meta, this.#columns, codes.locations.length > 0),
      collected: meta.tracked,
      numbers: await loadNumbers(this.#columns, nodes),
      weakrefs,
      facts: await loadFacts(this.#columns, nodes, stringIndex, table),
      pymalloc: await loadArenas(this.#columns, meta, nodes),
    });
  }

  async #strings(): Promise<{ table: BytesStringTable; index: AddressIndex; words: Uint32Array }> {
    const words = await this.#columns.words("strings/id");
    const lengths = await this.#columns.u4("strings/length", words.length / 2);
    const bytes = await this.#columns.u1("strings/text");
    const starts = new Float64Array(lengths.length + 1);
    for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i];
    if (starts[lengths.length] !== bytes.length) throw corrupt("strings: the lengths do not add up to the text");
    return { table: new BytesStringTable(bytes, starts), index: new AddressIndex(words), words };
  }

  #heapTypeNodes(nodes: AddressIndex): Uint32Array {
    const out = new Uint32Array(this.#meta.types.length + 2).fill(NONE);
    this.#meta.types.forEach((type, t) => {
      const node = isHeapType(type) ? findNumber(nodes, type.id) : -1;
      if (node >= 0) out[t] = node;
    });
    return out;
  }

  #types(nodes: AddressIndex, table: BytesStringTable, text: Uint32Array): TypeInfo[] {
    // A heap has types that can be cleared (dict, to begin with), unless the capture did not look for the slot.
    const clearsKnown = this.#meta.types.some((t) => (t.slots & 4) !== 0);
    const types = this.#meta.types.map((t) => {
      const node = findNumber(nodes, t.id);
      const clears = clearsKnown ? (t.slots & 4) !== 0 : null;
      const info: TypeInfo = { id: t.id, module: t.module, name: t.name, node, gc: canBeTracked(t), clears };
      if (node >= 0) text[node] = table.add(t.module && !/builtin/.test(t.module) ? `${t.module}.${t.name}` : t.name);
      return info;
    });
    const own = (name: string): TypeInfo => ({ id: 0, module: "", name, node: -1, gc: false, clears: false });
    types.push(own("thread"), own("running frame"));
    return types;
  }

  #roots(nodes: AddressIndex, hasThreads: boolean): NamedRoot[] {
    const roots: NamedRoot[] = [];
    for (const [name, id] of this.#meta.roots) {
      const node = findNumber(nodes, id);
      if (node >= 0) roots.push({ name, node });
    }
    if (hasThreads) {
      this.#meta.threads.forEach((thread, i) => {
        roots.push({ name: `thread ${thread.name || thread.ident}`, node: this.#total + i });
      });
    }
    return roots;
  }
}
