import { HeapGraph, type NamedRoot, type RuntimeInfo } from "../../heap/HeapGraph.js";
import { NO_GENERATION, UNKNOWN_REFCOUNT } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { BytesStringTable } from "../../heap/StringTable.js";
import { DOCUMENTS } from "../../heap/v8.js";
import type { ByteFlow, ByteSource, ReadOptions } from "../ByteSource.js";
import { SnapshotError } from "../errors.js";
import { ByteStream, flowOf, PIECE } from "./ByteStream.js";
import { keepRootShortcuts, markEphemerons } from "./edgeStanding.js";
import { corrupt, FORMAT } from "./errors.js";
import { type Meta, parseMeta } from "./meta.js";
import { nodeTypes } from "./nodeTypes.js";
import { numbersOf } from "./numbers.js";
import { moveOwnedSizes } from "./ownedSizes.js";
import { placesOf } from "./places.js";
import { scopesOf } from "./scopes.js";
import { expectByte, nextByte, readKey, readValue } from "./sections.js";
import { readStrings } from "./strings.js";
import { type EdgeTable, type NodeTable, readEdges, readNodes, readTable } from "./tables.js";

const SPACE = 0x20;
const MOST_META = 16 << 20;
// What a node and an edge cost in the graph and while it is made.
const BYTES_PER_NODE = 80;
const BYTES_PER_EDGE = 12;
// Of a string of 4 GiB and more no offset in a Buffer is left.
const MOST_STRINGS = 2 ** 32 - 1;

/** Which sections of a file have been read. */
interface Sections {
  meta?: Meta;
  nodes?: NodeTable;
  edges?: EdgeTable;
  locations?: Float64Array;
  scopes?: Float64Array;
  scopeVariables?: Float64Array;
  scopeUses?: Float64Array;
  strings?: BytesStringTable;
}

/**
 * Reads a V8 `.heapsnapshot` as a whole.
 * @param piece bytes that are read at a time
 * @throws as `readHeapSnapshotFlow`
 */
export function readHeapSnapshot(source: ByteSource, options: ReadOptions = {}, piece = PIECE): Promise<HeapGraph> {
  return readHeapSnapshotFlow(flowOf(source, piece), options);
}

/**
 * Reads a V8 `.heapsnapshot` piece by piece: no part of it is ever one JavaScript string.
 *
 * What this format can't tell: reference counts (there are none), values of numbers other than those that V8 was asked
 * to write, texts beyond the cut, and what native code holds beside what it reports.
 *
 * @throws SnapshotError not-a-snapshot, unsupported-version, truncated, corrupt or too-large; what the flow throws; an
 * AbortError where the signal gave up
 */
export async function readHeapSnapshotFlow(flow: ByteFlow, options: ReadOptions = {}): Promise<HeapGraph> {
  const stream = new ByteStream(flow.pieces);
  const step = () => {
    options.signal?.throwIfAborted();
    options.progress?.(flow.done(stream.offset), "heapsnapshot");
  };
  const sections = await readSections(stream, flow, options, step);
  return graphOf(sections, options);
}

async function readSections(
  stream: ByteStream,
  flow: ByteFlow,
  options: ReadOptions,
  step: () => void,
): Promise<Required<Sections>> {
  const read: Sections = {};
  await expectByte(stream, "{");
  for (let more = true; more;) {
    await expectByte(stream, '"');
    const key = await readKey(stream);
    if (key in read || (key === "snapshot" && read.meta)) throw corrupt(`it has two "${key}" sections`, stream.offset);
    if (key === "snapshot") {
      read.meta = parseMeta(await readValue(stream, MOST_META));
      checkSize(read.meta, flow.most, options);
    } else if (read.meta === undefined) throw corrupt('its first section is not "snapshot"', stream.offset);
    else await readSection(stream, key, read, read.meta, flow, options, step);
    const next = await nextByte(stream);
    more = next === 0x2c;
    if (!more && next !== 0x7d) throw corrupt('"," or "}" was expected', stream.offset - 1);
  }
  while (await stream.more()) {
    if (stream.bytes[stream.at++] > SPACE) throw corrupt("something stands behind its end", stream.offset - 1);
  }
  const { meta, nodes, edges, strings } = read;
  for (const [name, section] of Object.entries({ snapshot: meta, nodes, edges, strings })) {
    if (section === undefined) throw corrupt(`it has no "${name}" section`);
  }
  const { locations = EMPTY, scopes = EMPTY, scopeVariables = EMPTY, scopeUses = EMPTY } = read;
  return { meta: meta!, nodes: nodes!, edges: edges!, strings: strings!, locations, scopes, scopeVariables, scopeUses };
}

const EMPTY = new Float64Array(0);

async function readSection(
  stream: ByteStream,
  key: string,
  read: Sections,
  meta: Meta,
  flow: ByteFlow,
  options: ReadOptions,
  step: () => void,
): Promise<void> {
  // Of a table whose fields are not told nothing can be read.
  const scopeTable = async (fields: readonly string[]) => {
    if (fields.length === 0) {
      await readValue(stream);
      return EMPTY;
    }
    await expectByte(stream, "[");
    return readTable(stream, fields.length, Math.ceil(flow.most / (2 * fields.length)), "scope", step);
  };
  switch (key) {
    case "nodes":
      await expectByte(stream, "[");
      read.nodes = await readNodes(stream, meta, step);
      break;
    case "edges":
      await expectByte(stream, "[");
      read.edges = await readEdges(stream, meta, step);
      break;
    case "locations":
      await expectByte(stream, "[");
      read.locations = await readTable(stream, meta.locationFields.length || 4, meta.nodeCount, "location", step);
      break;
    case "scopes":
      read.scopes = await scopeTable(meta.scopeFields);
      break;
    case "scope_context_vars":
      read.scopeVariables = await scopeTable(meta.scopeVariableFields);
      break;
    case "scope_uses":
      read.scopeUses = await scopeTable(meta.scopeUseFields);
      break;
    case "strings":
      await expectByte(stream, "[");
      read.strings = await readStrings(
        stream,
        Math.max(flow.likely - stream.offset, 0),
        Math.min(options.maxBytes ?? MOST_STRINGS, MOST_STRINGS),
        step,
      );
      break;
    default:
      // Allocation traces, samples, and what newer versions may add.
      await readValue(stream);
  }
}

/** A declared count costs memory before the file has shown that it is true. */
function checkSize(meta: Meta, size: number, options: ReadOptions): void {
  if (meta.nodeCount * 2 * meta.nodeFields.length > size || meta.edgeCount * 2 * meta.edgeFields.length > size) {
    throw corrupt("it declares more nodes or edges than a file of its size can hold");
  }
  const needed = meta.nodeCount * BYTES_PER_NODE + meta.edgeCount * BYTES_PER_EDGE;
  if (needed > (options.maxBytes ?? Infinity)) {
    throw new SnapshotError("too-large", `the snapshot needs about ${needed} bytes of memory to open`, {
      format: FORMAT,
      advice: `Only ${options.maxBytes} are to be had here. Open it on a machine with more memory.`,
    });
  }
}

function graphOf(
  { meta, nodes, edges, locations: rows, strings, ...tables }: Required<Sections>,
  options: ReadOptions,
): HeapGraph {
  options.signal?.throwIfAborted();
  if (Math.max(nodes.mostName, edges.mostName) >= strings.count) throw corrupt("a name is none of its strings");
  keepRootShortcuts(nodes, edges, meta.root);
  markEphemerons(nodes, edges, strings);
  moveOwnedSizes(nodes, edges, meta, strings);
  const { types, type, kind, text } = nodeTypes(nodes, meta, strings);
  const { locations, location } = placesOf(rows, meta, nodes, edges, strings);
  const scopeRows = { scopes: tables.scopes, variables: tables.scopeVariables, uses: tables.scopeUses };
  const scopes = scopesOf(scopeRows, meta, strings);
  return new HeapGraph({
    columns: {
      id: nodes.id,
      type,
      kind,
      selfSize: nodes.selfSize,
      refcount: new Int32Array(meta.nodeCount).fill(UNKNOWN_REFCOUNT),
      flags: nodes.flags,
      generation: new Uint8Array(meta.nodeCount).fill(NO_GENERATION),
      text,
      location,
      firstEdge: nodes.firstEdge,
      edgeTo: edges.to,
      edgeClass: edges.edgeClass,
      edgeLabel: edges.label,
    },
    types,
    strings,
    locations,
    roots: rootsOf(meta, nodes, edges, strings),
    info: infoOf(locations.length > 0),
    collected: 0,
    numbers: numbersOf(nodes, edges, { kind, text }, strings),
    weakrefs: new Uint32Array(0),
    facts: { ...(scopes && { scopes }) },
  });
}

/** The program's global objects, by what the root calls them, and the root itself. */
function rootsOf(meta: Meta, nodes: NodeTable, edges: EdgeTable, strings: BytesStringTable): NamedRoot[] {
  const synthetic = meta.nodeTypes.indexOf("synthetic");
  const roots: NamedRoot[] = [];
  const seen = new Set<number>();
  for (let e = nodes.firstEdge[meta.root]; e < nodes.firstEdge[meta.root + 1]; e++) {
    const node = edges.to[e];
    const name = strings.get(nodes.name[node]);
    if (seen.has(node) || (nodes.type[node] === synthetic && name !== DOCUMENTS)) continue;
    seen.add(node);
    roots.push({ name: printable(name === "" ? "(global)" : name), node });
  }
  return [...roots, { name: "(root)", node: meta.root, engine: true }];
}

function infoOf(hasLocations: boolean): RuntimeInfo {
  return {
    format: FORMAT,
    runtime: "v8",
    version: [0, 0, 0],
    capturedAt: null,
    pid: null,
    argv: [],
    cwd: "",
    segments: null,
    gcEnabled: null,
    guardedKnown: false,
    redacted: false,
    has: {
      refcounts: false,
      generations: false,
      weakrefs: true,
      locations: hasLocations,
      arenas: false,
      threads: false,
      tracemalloc: false,
    },
    notes: [],
    sources: new Map(),
  };
}
