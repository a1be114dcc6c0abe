import type { NodeIndex, NumberTable } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import type { BytesStringTable } from "../../heap/StringTable.js";
import type { EdgeTable, NodeTable } from "./tables.js";

/**
 * Values of numbers, where V8 was asked to write them (`exposeNumericValues`): each is a text that the number has for a
 * `value`. Looked up when somebody asks.
 */
export function numbersOf(
  { firstEdge }: NodeTable,
  { label, to }: EdgeTable,
  { kind, text }: { readonly kind: Uint8Array; readonly text: Uint32Array },
  strings: BytesStringTable,
): NumberTable {
  const value = strings.indicesOf("value");
  return {
    get(node: NodeIndex): number | undefined {
      if (kind[node] !== Kind.number) return undefined;
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        if (labelSort(label[e]) !== LabelSort.internalName || !value.has(labelPayload(label[e]))) continue;
        const written = strings.get(text[to[e]]);
        const number = written === "" ? NaN : Number(written);
        return Number.isNaN(number) ? undefined : number;
      }
      return undefined;
    },
  };
}
