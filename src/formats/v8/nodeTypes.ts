import type { TypeInfo } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import type { BytesStringTable } from "../../heap/StringTable.js";
import { V8Group } from "../../heap/v8.js";
import type { Meta } from "./meta.js";
import type { NodeTable } from "./tables.js";

/** What the nodes of a V8 type are called together, as DevTools groups them; the others by their own name. */
const GROUPS: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    hidden: V8Group.system,
    code: V8Group.code,
    closure: "Function",
    regexp: "RegExp",
  }),
);

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>(
  Object.entries({
    string: Kind.str,
    "concatenated string": Kind.str,
    "sliced string": Kind.str,
    closure: Kind.function,
    number: Kind.number,
    bigint: Kind.number,
    code: Kind.code,
    object: Kind.instance,
    regexp: Kind.instance,
  }),
);

/** Kinds of objects by the name of their class. */
const CLASSES: Readonly<Record<string, Kind>> = {
  Array: Kind.list,
  Map: Kind.dict,
  WeakMap: Kind.dict,
  Set: Kind.set,
  WeakSet: Kind.set,
  WeakRef: Kind.weakref,
  Generator: Kind.generator,
  AsyncGenerator: Kind.generator,
  Promise: Kind.instance,
  Error: Kind.exception,
  TypeError: Kind.exception,
  RangeError: Kind.exception,
  SyntaxError: Kind.exception,
};

const CONTEXT = "system / Context";

/** Types and kinds of all nodes. */
export interface NodeTypes {
  readonly types: readonly TypeInfo[];
  readonly type: Uint32Array;
  readonly kind: Uint8Array;
  /** String index of a string's value, a function's name, or what else a node is called; 0 for instances. */
  readonly text: Uint32Array;
}

/** Groups the nodes by what DevTools calls their class, and tells their kinds. */
export function nodeTypes(nodes: NodeTable, meta: Meta, strings: BytesStringTable): NodeTypes {
  const count = meta.nodeCount;
  const types: TypeInfo[] = [];
  const type = new Uint32Array(count);
  const kind = new Uint8Array(count);
  const text = new Uint32Array(count);
  const add = (name: string) => types.push({ id: 0, module: "", name, node: -1, gc: true, clears: null }) - 1;
  const byName = new Map<string, number>();
  const typeOfName = (name: string) => {
    let known = byName.get(name);
    if (known === undefined) byName.set(name, (known = add(name)));
    return known;
  };
  // Which types are called by the names of their nodes, and the type of each name plus one.
  const named = meta.nodeTypes.map((name) => name === "object" || name === "native");
  const typeOfText = new Uint32Array(strings.count + 1);
  const groupType = meta.nodeTypes.map((name, i) => (named[i] ? -1 : add(GROUPS.get(name) ?? `(${name})`)));
  const kindOfType = meta.nodeTypes.map((name) => KINDS.get(name) ?? Kind.other);
  const isSynthetic = meta.nodeTypes.map((name) => name === "synthetic");
  const isObject = meta.nodeTypes.map((name) => name === "object");
  const isHidden = meta.nodeTypes.map((name) => name === "hidden" || name === "object shape" || name === "code");
  const kindOfText = new Map<number, Kind>();
  for (const [name, ofClass] of Object.entries(CLASSES)) {
    for (const index of strings.indicesOf(name)) kindOfText.set(index, ofClass);
  }
  // "system / Context", in newer versions with the scope's name behind it.
  const contexts = strings.indicesBeginning(CONTEXT);
  for (let node = 0; node < count; node++) {
    const ofType = nodes.type[node];
    const name = nodes.name[node];
    kind[node] = kindOfType[ofType];
    if (isSynthetic[ofType]) nodes.flags[node] |= Flag.synthetic;
    if (!named[ofType]) {
      type[node] = groupType[ofType];
      text[node] = name;
      if (isHidden[ofType] && contexts.has(name)) kind[node] = Kind.context;
      continue;
    }
    if (typeOfText[name] === 0) typeOfText[name] = typeOfName(strings.get(name)) + 1;
    type[node] = typeOfText[name] - 1;
    if (isObject[ofType]) kind[node] = kindOfText.get(name) ?? Kind.instance;
    if (kind[node] === Kind.instance && contexts.has(name)) kind[node] = Kind.context;
  }
  return { types, type, kind, text };
}
