import type { NodeIndex } from "../../heap/HeapGraph.js";
import { printable } from "../../heap/names.js";
import { isLibrary } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { groupBy } from "../together.js";

const MIN_BYTES = 100_000;

/** Frames that code objects keep for their next call (up to 3.10), by the file of the code. */
export const zombieFrames: Detector = {
  rule: "zombie-frames",
  detect({ graph }) {
    const { zombieBytes } = graph.facts;
    if (!zombieBytes) return [];
    const codes = [...zombieBytes.nodes].filter((node) => graph.location(node) !== undefined);
    // Generated code has files such as "<rule 17>".
    const fileOf = (node: NodeIndex) => graph.location(node)!.file.replace(/\d+/g, "0");
    return [...groupBy(codes, fileOf)].flatMap(([file, group]): Finding[] => {
      const bytes = group.reduce((sum, node) => sum + zombieBytes.get(node)!, 0);
      if (bytes < MIN_BYTES || isLibrary(file)) return [];
      const largest = group.reduce((a, b) => (zombieBytes.get(b)! > zombieBytes.get(a)! ? b : a));
      const location = graph.location(largest)!;
      return [
        {
          rule: "zombie-frames",
          severity: "warning",
          title: { id: "zombies.title", arguments: { count: group.length, bytes, name: printable(location.name) } },
          why: { id: "zombies.why", arguments: {} },
          fix: { id: "zombies.fix", arguments: {} },
          count: group.length,
          bytes,
          objects: group,
          fingerprint: fingerprint("zombie-frames", file),
          location,
          path: [{ label: "", node: largest }],
        },
      ];
    });
  },
};
