import { readFileSync } from "node:fs";

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly (readonly string[])[] };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/**
 * How many objects of a class a `.heapsnapshot` holds, or, after a quotation mark, how many strings that begin so. Reads
 * the file as plain JSON, so that it does not depend on the reader that is under test.
 */
export function countPlanted(path: string, planted: string): number {
  if (planted === "") return 0;
  const { snapshot, nodes, strings } = JSON.parse(readFileSync(path, "utf8")) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name] = [fields.indexOf("type"), fields.indexOf("name")];
  const text = planted.startsWith('"') ? planted.slice(1) : undefined;
  let count = 0;
  for (let at = 0; at < nodes.length; at += fields.length) {
    const [typeName, nodeName] = [types[0][nodes[at + type]], strings[nodes[at + name]]];
    const fits =
      text === undefined
        ? typeName === "object" && nodeName === planted
        : typeName.endsWith("string") && nodeName.startsWith(text);
    if (fits) count++;
  }
  return count;
}
