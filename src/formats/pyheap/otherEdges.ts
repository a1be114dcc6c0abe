import { EdgeKind, Standing } from "../../heap/kinds.js";
import { LabelSort, packLabel } from "../../heap/labels.js";
import type { AddressIndex } from "../AddressIndex.js";
import type { Columns } from "./columns.js";
import type { ExtraEdges, TraversedEdges } from "./GraphDraft.js";
import { corrupt } from "./meta.js";

/**
 * Adds the references of the `owned` group.
 * @throws SnapshotError corrupt where one leads from or to no object
 */
export async function loadOwned(
  columns: Columns,
  nodes: AddressIndex,
  strings: AddressIndex,
  extra: ExtraEdges,
): Promise<void> {
  if (!columns.hasGroup("owned/from", "owned/to", "owned/name")) return;
  const from = await columns.words("owned/from");
  const to = await columns.words("owned/to", from.length / 2);
  const name = await columns.words("owned/name", from.length / 2);
  for (let i = 0; i < from.length; i += 2) {
    const source = nodes.find(from[i], from[i + 1]);
    const target = nodes.find(to[i], to[i + 1]);
    if (source < 0 || target < 0) throw corrupt("owned: a reference leads from or to no object");
    const label = strings.find(name[i], name[i + 1]) + 1;
    extra.addOwned(source, target, label === 0 ? 0 : packLabel(LabelSort.attribute, label));
  }
}

/**
 * Marks the references of the `borrowed` group: of the traversed edges between two nodes the last so many.
 * @param edges the merged edges, of which each node's traversed ones come first
 * @throws SnapshotError corrupt where there are fewer such edges
 */
export async function markBorrowed(
  columns: Columns,
  nodes: AddressIndex,
  traversed: TraversedEdges,
  edges: { readonly firstEdge: Uint32Array; readonly edgeTo: Uint32Array; readonly edgeClass: Uint8Array },
): Promise<void> {
  if (!columns.hasGroup("borrowed/from", "borrowed/to", "borrowed/count")) return;
  const from = await columns.words("borrowed/from");
  const to = await columns.words("borrowed/to", from.length / 2);
  const count = await columns.u4("borrowed/count", from.length / 2);
  for (let i = 0; i < count.length; i++) {
    const source = nodes.find(from[2 * i], from[2 * i + 1]);
    const target = nodes.find(to[2 * i], to[2 * i + 1]);
    if (source < 0 || target < 0) throw corrupt("borrowed: a reference leads from or to no object");
    const start = edges.firstEdge[source];
    let left = count[i];
    for (let e = start + traversed.first[source + 1] - traversed.first[source] - 1; left > 0 && e >= start; e--) {
      if (edges.edgeTo[e] !== target) continue;
      edges.edgeClass[e] = EdgeKind.strong | Standing.borrowed;
      left--;
    }
    if (left > 0) throw corrupt("borrowed: more references than there are edges");
  }
}

/**
 * Adds the edges of weak references.
 * @returns pairs of (referent, weakref), in the order of each referent's list
 * @throws SnapshotError corrupt where a referent is no object
 */
export async function loadWeakrefs(columns: Columns, nodes: AddressIndex, extra: ExtraEdges): Promise<Uint32Array> {
  if (!columns.hasGroup("weakrefs/referent", "weakrefs/ref")) return new Uint32Array(0);
  const referent = await columns.words("weakrefs/referent");
  const ref = await columns.words("weakrefs/ref", referent.length / 2);
  const pairs = new Uint32Array(referent.length);
  let length = 0;
  for (let i = 0; i < referent.length; i += 2) {
    const target = nodes.find(referent[i], referent[i + 1]);
    const weakref = nodes.find(ref[i], ref[i + 1]);
    if (target < 0) throw corrupt("weakrefs: a referent is no object");
    // A weak reference that nothing traversable holds is no node; its callback can't be known then.
    if (weakref < 0) continue;
    extra.add(weakref, target, 0, EdgeKind.weak | Standing.none);
    pairs[length++] = target;
    pairs[length++] = weakref;
  }
  return pairs.slice(0, length);
}
