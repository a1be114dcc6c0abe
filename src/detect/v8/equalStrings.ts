import { Kind } from "../../heap/kinds.js";
import type { Analysis } from "../../model/Analysis.js";
import type { Copies } from "../duplicates.js";

/**
 * Groups of strings that are equal, by their first one. V8 writes 1,024 characters of a string, unless it is told
 * otherwise: longer ones are taken to be equal where these are and the sizes too. What is put together of parts, or is
 * a part of another string, has no text of its own and is left out.
 * @param least groups of fewer strings are left out
 */
export function equalStrings({ graph }: Analysis, least: number): Copies[] {
  const { kind, type, text, selfSize } = graph.columns;
  const flat = graph.types.findIndex(({ name }) => name === "(string)");
  const counts = new Uint32Array(graph.strings.count + 1);
  const isFlat = (node: number) => kind[node] === Kind.str && type[node] === flat && text[node] !== 0;
  for (let node = 0; node < graph.nodeCount; node++) if (isFlat(node)) counts[text[node]]++;
  const groups = new Map<string, number[]>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (!isFlat(node) || counts[text[node]] < Math.max(2, least)) continue;
    const key = `${text[node]} ${selfSize[node]}`;
    const known = groups.get(key);
    if (known) known.push(node);
    else groups.set(key, [node]);
  }
  return [...groups.values()]
    .filter((nodes) => nodes.length >= Math.max(2, least))
    .map((nodes) => ({ nodes: Uint32Array.from(nodes), saved: (nodes.length - 1) * selfSize[nodes[0]] }));
}
