import type { HeapFacts, NodeFacts, SourceLocation } from "../../heap/HeapGraph.js";
import { FutureState } from "../../heap/kinds.js";
import type { StringTable } from "../../heap/StringTable.js";
import type { AddressIndex } from "../AddressIndex.js";
import { unsignedNumbers } from "../npy.js";
import { nodeFacts } from "../SparseNumbers.js";
import type { Columns } from "./columns.js";
import { corrupt } from "./meta.js";

type Width = "u1" | "u4" | "u8";

/**
 * The optional groups that tell something of single objects.
 * @throws SnapshotError corrupt where a state or an index is none
 */
export async function loadFacts(
  columns: Columns,
  nodes: AddressIndex,
  strings: AddressIndex,
  table: StringTable,
): Promise<HeapFacts> {
  const load = (group: string, value: string, width: Width) => loadGroup(columns, nodes, group, value, width);
  const futureState = await load("futures", "state", "u1");
  if (futureState?.values.some((state) => state > FutureState.finished))
    throw corrupt("futures: there is no such state");
  const site = await load("sites", "stack", "u4");
  const stacks = site && (await loadStacks(columns, strings, table));
  if (site?.values.some((stack) => stack >= stacks!.length)) throw corrupt("sites: there is no such stack");
  const facts = {
    suspendedLine: await load("suspended", "line", "u4"),
    futureState,
    limit: await load("limits", "value", "u8"),
    zombieBytes: await load("zombies", "bytes", "u4"),
    equalGroup: await load("equal", "group", "u4"),
    site,
    stacks,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
}

async function loadGroup(
  columns: Columns,
  nodes: AddressIndex,
  group: string,
  value: string,
  width: Width,
): Promise<NodeFacts | undefined> {
  const [idName, valueName] = [`${group}/id`, `${group}/${value}`];
  if (!columns.hasGroup(idName, valueName)) return undefined;
  const ids = await columns.words(idName);
  const rows = ids.length / 2;
  const all =
    width === "u8" ? unsignedNumbers(await columns.words(valueName, rows)) : await columns[width](valueName, rows);
  const found = new Uint32Array(rows);
  const values = new Float64Array(rows);
  let length = 0;
  for (let i = 0; i < rows; i++) {
    const node = nodes.find(ids[2 * i], ids[2 * i + 1]);
    if (node < 0) continue;
    found[length] = node;
    values[length++] = all[i];
  }
  return nodeFacts({ nodes: found.subarray(0, length), values: values.subarray(0, length) });
}

async function loadStacks(columns: Columns, strings: AddressIndex, table: StringTable): Promise<SourceLocation[][]> {
  if (!columns.hasGroup("stacks/length", "stacks/file", "stacks/line")) throw corrupt("sites: there are no stacks");
  const lengths = await columns.u4("stacks/length");
  const files = await columns.words("stacks/file");
  const lines = await columns.u4("stacks/line", files.length / 2);
  if (lengths.reduce((sum, length) => sum + length, 0) !== lines.length) {
    throw corrupt("stacks: the lengths do not add up");
  }
  let at = 0;
  return Array.from(lengths, (length) =>
    Array.from({ length }, () => {
      const file = table.get(strings.find(files[2 * at], files[2 * at + 1]) + 1);
      return { file, line: lines[at++], name: "" };
    }),
  );
}
