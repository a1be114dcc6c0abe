import { Kind } from "../../heap/kinds.js";
import { LabelSort, packLabel } from "../../heap/labels.js";
import type { SourceLocation } from "../../heap/HeapGraph.js";
import type { StringTable } from "../../heap/StringTable.js";
import type { AddressIndex } from "../AddressIndex.js";
import type { Columns } from "./columns.js";
import type { TraversedEdges } from "./GraphDraft.js";
import { NONE } from "./Items.js";

/** The `codes` group: one location a code object, and its free variables. */
export interface Codes {
  readonly locations: SourceLocation[];
  /** Location index plus one by node, set for code objects. */
  readonly locationOf: Map<number, number>;
  /** String index of the code's name by location index: the qualified one where there is one. */
  readonly names: Uint32Array;
  /** Free variables (string indices) of location i are free[freeStart[i]] up to free[freeStart[i + 1]]. */
  readonly freeStart: Uint32Array;
  readonly free: Uint32Array;
}

/**
 * Loads code objects.
 * @throws SnapshotError corrupt where lengths do not fit
 */
export async function loadCodes(
  columns: Columns,
  nodes: AddressIndex,
  stringIndex: AddressIndex,
  strings: StringTable,
): Promise<Codes> {
  const codes: Codes = {
    locations: [],
    locationOf: new Map(),
    names: new Uint32Array(0),
    freeStart: new Uint32Array(1),
    free: new Uint32Array(0),
  };
  const members = ["id", "file", "name", "qualname", "line", "freevar_count", "freevar"];
  if (!columns.hasGroup(...members.map((member) => `codes/${member}`))) return codes;
  const ids = await columns.words("codes/id");
  const rows = ids.length / 2;
  const stringOf = (words: Uint32Array, row: number): number =>
    stringIndex.find(words[2 * row], words[2 * row + 1]) + 1;
  const file = await columns.words("codes/file", rows);
  const name = await columns.words("codes/name", rows);
  const qualname = await columns.words("codes/qualname", rows);
  const line = await columns.u4("codes/line", rows);
  const freeCount = await columns.u4("codes/freevar_count", rows);
  const freeTotal = freeCount.reduce((sum, count) => sum + count, 0);
  const freeWords = await columns.words("codes/freevar", freeTotal);
  const freeStart = new Uint32Array(rows + 1);
  const names = new Uint32Array(rows);
  const texts = new Map<number, string>();
  const textOf = (index: number): string => {
    let text = texts.get(index);
    if (text === undefined) texts.set(index, (text = strings.get(index)));
    return text;
  };
  for (let row = 0; row < rows; row++) {
    freeStart[row + 1] = freeStart[row] + freeCount[row];
    names[row] = stringOf(qualname, row) || stringOf(name, row);
    codes.locations.push({ file: textOf(stringOf(file, row)), line: line[row], name: textOf(stringOf(name, row)) });
    const node = nodes.find(ids[2 * row], ids[2 * row + 1]);
    if (node >= 0) codes.locationOf.set(node, row + 1);
  }
  const free = new Uint32Array(freeTotal);
  for (let i = 0; i < free.length; i++) free[i] = stringOf(freeWords, i);
  return { ...codes, names, freeStart, free };
}

/** What `placeFunctions` fills in. */
export interface Places {
  readonly kind: Uint8Array;
  /** String index of the node's name. */
  readonly text: Uint32Array;
  /** Location index plus one. */
  readonly location: Uint32Array;
  /** String index of the variable that a cell stands for. */
  readonly cellName: Uint32Array;
}

const CODE_HOLDERS: ReadonlySet<number> = new Set([Kind.function, Kind.generator, Kind.coroutine, Kind.frame]);

/**
 * Gives functions, generators, coroutines and frames the place and name of their code, and names the
 * cells of each function's closure after its code's free variables: `co_freevars` and `__closure__` are
 * parallel (Objects/funcobject.c), and a tuple is traversed from its last element to its first.
 */
export function placeFunctions(edges: TraversedEdges, codes: Codes, places: Places): void {
  const { kind, text, location, cellName } = places;
  const { first, to } = edges;
  for (const [node, row] of codes.locationOf) {
    location[node] = row;
    text[node] = codes.names[row - 1]!;
  }
  for (let node = 0; node < kind.length; node++) {
    if (!CODE_HOLDERS.has(kind[node])) continue;
    let code = NONE;
    for (let e = first[node]; e < first[node + 1] && code === NONE; e++) {
      if (kind[to[e]] === Kind.code) code = to[e]!;
    }
    const row = code === NONE ? undefined : codes.locationOf.get(code);
    if (row === undefined) continue;
    location[node] = row;
    if (text[node] === 0) text[node] = codes.names[row - 1]!;
    if (kind[node] === Kind.function) nameClosure(edges, codes, row - 1, node, kind, cellName);
  }
}

function nameClosure(
  { first, to }: TraversedEdges,
  { freeStart, free }: Codes,
  row: number,
  node: number,
  kind: Uint8Array,
  cellName: Uint32Array,
): void {
  const count = freeStart[row + 1] - freeStart[row];
  if (count === 0) return;
  for (let e = first[node]; e < first[node + 1]; e++) {
    const tuple = to[e];
    const start = first[tuple];
    if (kind[tuple] !== Kind.tuple || first[tuple + 1] - start !== count) continue;
    let cells = true;
    for (let i = 0; i < count && cells; i++) cells = kind[to[start + i]] === Kind.cell;
    if (!cells) continue;
    for (let i = 0; i < count; i++) cellName[to[start + count - 1 - i]] ||= free[freeStart[row] + i];
    return;
  }
}

/**
 * Gives modules the text of their dict's `__name__`.
 * @param nameStrings string indices of the text "__name__"
 */
export function nameModules(edges: TraversedEdges, label: Uint32Array, nameStrings: Set<number>, places: Places): void {
  const { kind, text } = places;
  const { first, to } = edges;
  const labels = new Set(Array.from(nameStrings, (index) => packLabel(LabelSort.key, index)));
  for (let node = 0; node < kind.length; node++) {
    if (kind[node] !== Kind.module) continue;
    for (let e = first[node]; e < first[node + 1]; e++) {
      const dict = to[e];
      if (kind[dict] !== Kind.dict) continue;
      for (let d = first[dict]; d < first[dict + 1] && text[node] === 0; d++) {
        if (labels.has(label[d]) && kind[to[d]] === Kind.str) text[node] = text[to[d]];
      }
      break;
    }
  }
}
