import type { Arrow, Box } from "../../picture/Picture.js";

/** An arrow as a row of the table. */
export interface ReferenceRow {
  readonly arrow: Arrow;
  readonly from: Box;
  readonly to: Box;
  /** All labels in one text. */
  readonly labels: string;
  /** How it is marked, in words: "cycle", "path", "weak". */
  readonly marks: string;
}

export type Column = "from" | "labels" | "to" | "count" | "marks";

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

const texts: Readonly<Record<Exclude<Column, "count">, (row: ReferenceRow) => string>> = {
  from: ({ from }) => boxName(from),
  labels: ({ labels }) => labels,
  to: ({ to }) => boxName(to),
  marks: ({ marks }) => marks,
};

/** A box's first line. */
export function boxName(box: Box): string {
  return box.lines[0] ?? box.id;
}

/** The rows of the arrows between boxes: those of the cycle first, then those of the path, last what is not drawn. */
export function referenceRows(arrows: readonly Arrow[], boxes: ReadonlyMap<string, Box>): ReferenceRow[] {
  const rows = arrows.flatMap((arrow) => {
    const from = boxes.get(arrow.from);
    const to = boxes.get(arrow.to);
    if (!from || !to) return [];
    const marks = [arrow.inCycle && "cycle", arrow.onPath && "path", arrow.weak && "weak"];
    return [
      { arrow, from, to, labels: arrow.labels.join(", "), marks: marks.filter((mark) => mark !== false).join(", ") },
    ];
  });
  const place = ({ arrow, from, to }: ReferenceRow) =>
    arrow.inCycle ? 0 : arrow.onPath ? 1 : from.kind === "object" && to.kind === "object" ? 2 : 3;
  return rows.sort((a, b) => place(a) - place(b));
}

/** The rows that have a text in a name, an id, a label or a mark; in an order, rows that are equal in it as they were. */
export function arranged(rows: readonly ReferenceRow[], filter: string, order: Order | null): ReferenceRow[] {
  const wanted = filter.trim().toLowerCase();
  const kept = rows.filter((row) => wanted === "" || searched(row).includes(wanted));
  if (!order) return kept;
  const { column, descending } = order;
  const sign = descending ? -1 : 1;
  if (column === "count") return kept.sort((a, b) => sign * (a.arrow.count - b.arrow.count));
  const text = texts[column];
  return kept.sort((a, b) => sign * text(a).localeCompare(text(b), undefined, { numeric: true }));
}

function searched({ from, to, labels, marks }: ReferenceRow): string {
  return [boxName(from), from.id, labels, boxName(to), to.id, marks].join("\n").toLowerCase();
}
