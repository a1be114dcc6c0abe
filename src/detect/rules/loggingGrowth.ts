import { type NodeIndex, typeInfoName } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { attributeOf } from "../../model/weakrefs/index.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import type { Message } from "../messages.js";
import { aliveOfType, groupBy, retainedTogether } from "../together.js";

const MANY_HANDLERS = 20;
const MANY_LOGGERS = 200;
const MANY_RECORDS = 300;

/** The logging module's own piles: handlers added again and again, a logger for each request, kept records. */
export const loggingGrowth: Detector = {
  rule: "logging-growth",
  detect(analysis) {
    const loggers = [...instancesOf(analysis, "logging.Logger")];
    return [...handlers(analysis, loggers), ...children(analysis, loggers), ...records(analysis)];
  },
};

function instancesOf(analysis: Analysis, name: string): Generator<NodeIndex> {
  return aliveOfType(analysis, (type) => typeInfoName(type) === name);
}

function nameOf(analysis: Analysis, logger: NodeIndex): string {
  const name = attributeOf(analysis.graph, logger, "name");
  return name === undefined ? "" : analysis.graph.string(analysis.graph.columns.text[name]);
}

function finding(
  analysis: Analysis,
  parts: {
    sort: "handlers" | "loggers" | "records";
    title: Message;
    why: Message;
    nodes: readonly NodeIndex[];
    key: string;
  },
): Finding {
  const { sort, title, why, nodes, key } = parts;
  const holder = sort === "records" ? holdersOf(analysis).of(nodes[0]) : undefined;
  return {
    rule: "logging-growth",
    severity: "warning",
    title,
    why,
    fix: { id: `logging.fix-${sort}`, arguments: {} },
    count: nodes.length,
    bytes: retainedTogether(analysis, nodes),
    objects: nodes,
    fingerprint: fingerprint("logging-growth", sort, key),
    ...(holder?.location && { location: holder.location }),
    ...(holder?.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, nodes[0], 1)[0]?.steps ?? [],
  };
}

function handlers(analysis: Analysis, loggers: readonly NodeIndex[]): Finding[] {
  const { graph } = analysis;
  const { firstEdge, edgeTo, kind } = graph.columns;
  return loggers.flatMap((logger) => {
    const list = attributeOf(analysis.graph, logger, "handlers");
    if (list === undefined || kind[list] !== Kind.list || firstEdge[list + 1] - firstEdge[list] < MANY_HANDLERS)
      return [];
    const name = nameOf(analysis, logger);
    const groups = groupBy([...edgeTo.subarray(firstEdge[list], firstEdge[list + 1])], (node) => graph.typeName(node));
    return [...groups].flatMap(([type, nodes]): Finding[] => {
      if (nodes.length < MANY_HANDLERS) return [];
      const values = { count: nodes.length, type: printable(type), logger: printable(name) };
      return [
        finding(analysis, {
          sort: "handlers",
          title: { id: "logging.title-handlers", arguments: { ...values, bytes: retainedTogether(analysis, nodes) } },
          why: { id: "logging.why-handlers", arguments: {} },
          nodes,
          key: name,
        }),
      ];
    });
  });
}

/** Loggers whose names differ in their last part only. */
function children(analysis: Analysis, loggers: readonly NodeIndex[]): Finding[] {
  const groups = groupBy(loggers, (logger) =>
    nameOf(analysis, logger)
      .replace(/[^.]*$/, "")
      .replace(/\d+/g, "0"),
  );
  return [...groups].flatMap(([prefix, nodes]): Finding[] => {
    if (nodes.length < MANY_LOGGERS || prefix === "") return [];
    const values = { count: nodes.length, prefix: printable(prefix), bytes: retainedTogether(analysis, nodes) };
    return [
      finding(analysis, {
        sort: "loggers",
        title: { id: "logging.title-loggers", arguments: values },
        why: { id: "logging.why-loggers", arguments: {} },
        nodes,
        key: prefix,
      }),
    ];
  });
}

function records(analysis: Analysis): Finding[] {
  const nodes = [...instancesOf(analysis, "logging.LogRecord")];
  if (nodes.length < MANY_RECORDS) return [];
  const holder = holdersOf(analysis).of(nodes[0]);
  const values = { count: nodes.length, bytes: retainedTogether(analysis, nodes) };
  return [
    finding(analysis, {
      sort: "records",
      title: { id: "logging.title-records", arguments: values },
      why: holder
        ? { id: "logging.why-records-held", arguments: { place: printable(holder.name) } }
        : { id: "logging.why-records", arguments: {} },
      nodes,
      key: holder?.name.replace(/\[.*?\]/g, "[…]") ?? "",
    }),
  ];
}
