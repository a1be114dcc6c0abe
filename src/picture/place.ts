import type { Graphviz } from "@hpcc-js/wasm-graphviz";
import { isClear } from "./clear.js";
import { layoutDot } from "./dot.js";
import { route } from "./route.js";
import type { Sketch } from "./sketch.js";

/** Where everything goes, in pixels, in the sketch's order. */
export interface Placement {
  readonly width: number;
  readonly height: number;
  /** Upper left corners. */
  readonly boxes: readonly Point[];
  readonly arrows: readonly PlacedArrow[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedArrow {
  /** As in `Arrow`. */
  readonly points: readonly number[];
  /** Upper left corner of the label; null where there is none. */
  readonly label: Point | null;
}

interface GraphvizOutput {
  readonly objects?: readonly { readonly name: string; readonly _draw_: readonly Stroke[] }[];
  readonly edges?: readonly {
    readonly id: string;
    readonly lp?: string;
    readonly _draw_?: readonly Stroke[];
    readonly _hdraw_?: readonly Stroke[];
  }[];
}

/** What is drawn: a box or a head as a polygon, a curve. The attributes that tell places have five digits at most. */
interface Stroke {
  readonly op: string;
  readonly points?: readonly (readonly [number, number])[];
}

const MARGIN = 8;
// Graphviz draws the polygon of a head smaller than the head by the line around it.
const HEAD_LINE = 1.5;
// Of so many boxes and arrows Graphviz makes a picture at once, however they are connected.
const SMALL = 100;
// Beyond so many its search for the best places has to be cut short, and beyond MANY more so.
const MEDIUM = 250;
const MANY = 1000;
// Its time for the courses of arrows grows with the cube of how many ranks each spans: some 0.3 s for a million.
const LONGEST_COURSES = 3_000_000;

/**
 * Lays a sketch out with Graphviz's dot: Gansner, Koutsofios, North, Vo, "A Technique for Drawing Directed Graphs",
 * IEEE Transactions on Software Engineering 19 (1993). The courses of arrows are our own where it would take
 * minutes for them, and where its own are not clear. The same sketch gives the same placement.
 */
export function place(graphviz: Graphviz, sketch: Sketch): Placement {
  const size = sketch.boxes.length + sketch.arrows.length;
  const limits =
    size <= MEDIUM ? "nslimit=5" : size <= MANY ? "nslimit=1 mclimit=0.2" : "nslimit=0.2 nslimit1=1 mclimit=0.1";
  const straight = (): Placement => run(graphviz, sketch, [limits, "splines=line"]);
  const lines = size > SMALL ? straight() : undefined;
  if (!lines || courseEffort(sketch, lines) <= LONGEST_COURSES) {
    const curved = run(graphviz, sketch, [limits]);
    // In a dense picture Graphviz now and then puts a label on another or leads an arrow through a box.
    if (isClear(sketch, curved)) return curved;
  }
  return within(sketch, route(sketch, lines ?? straight()));
}

/** The sum of the cubes of the numbers of ranks that arrows span. */
function courseEffort(sketch: Sketch, { boxes }: Placement): number {
  const along = new Map(
    sketch.boxes.map(({ key, width, height }, i) => [
      key,
      Math.round(sketch.direction === "down" ? boxes[i].y + height / 2 : boxes[i].x + width / 2),
    ]),
  );
  const ranks = new Map([...new Set(along.values())].sort((a, b) => a - b).map((value, rank) => [value, rank]));
  const rank = (key: string) => ranks.get(along.get(key)!)!;
  return sketch.arrows.reduce((sum, { from, to }) => sum + Math.abs(rank(from) - rank(to)) ** 3, 0);
}

function run(graphviz: Graphviz, sketch: Sketch, attributes: readonly string[]): Placement {
  const output = JSON.parse(graphviz.layout(layoutDot(sketch, attributes), "json", "dot")) as GraphvizOutput;
  const boxes: Point[] = [];
  for (const { name, _draw_ } of output.objects ?? []) {
    const corners = pointsOf(_draw_, "p");
    boxes[Number(name.slice(1))] = {
      x: Math.min(...corners.map(({ x }) => x)),
      y: Math.min(...corners.map(({ y }) => y)),
    };
  }
  const arrows: PlacedArrow[] = [];
  for (const { id, lp, _draw_, _hdraw_ } of output.edges ?? []) {
    const i = Number(id.slice(1));
    const { label } = sketch.arrows[i];
    const [x, y] = (lp ?? "").split(",").map(Number);
    arrows[i] = {
      points: curve(pointsOf(_draw_, "b"), pointsOf(_hdraw_, "P")),
      label: label && lp !== undefined ? { x: x - label.width / 2, y: -y - label.height / 2 } : null,
    };
  }
  return within(sketch, { width: 0, height: 0, boxes, arrows });
}

/** The same, moved and measured so that everything lies within it, control points of curves as well. */
function within(sketch: Sketch, { boxes, arrows }: Placement): Placement {
  const xs: number[] = [];
  const ys: number[] = [];
  const add = ({ x, y }: Point, { width, height }: { readonly width: number; readonly height: number }) => {
    xs.push(x, x + width);
    ys.push(y, y + height);
  };
  boxes.forEach((box, i) => add(box, sketch.boxes[i]));
  arrows.forEach(({ label, points }, i) => {
    if (label) add(label, sketch.arrows[i].label!);
    for (let p = 0; p < points.length; p += 2) add({ x: points[p], y: points[p + 1] }, { width: 0, height: 0 });
  });
  const [left, right] = range(xs);
  const [top, bottom] = range(ys);
  const dx = MARGIN - left;
  const dy = MARGIN - top;
  const move = ({ x, y }: Point): Point => ({ x: rounded(x + dx), y: rounded(y + dy) });
  return {
    width: Math.ceil(right + dx + MARGIN),
    height: Math.ceil(bottom + dy + MARGIN),
    boxes: boxes.map(move),
    arrows: arrows.map(({ points, label }) => ({
      points: points.map((value, p) => rounded(value + (p % 2 === 0 ? dx : dy))),
      label: label && move(label),
    })),
  };
}

function range(values: readonly number[]): [number, number] {
  return values.length === 0
    ? [0, 0]
    : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

/** Hundredths of a pixel do; more of them only make messages longer. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The points of the first stroke of a sort. Graphviz counts upwards. */
function pointsOf(strokes: readonly Stroke[] | undefined, op: string): Point[] {
  const stroke = strokes?.find((each) => each.op === op);
  return (stroke?.points ?? []).map(([x, y]) => ({ x, y: -y }));
}

/** A curve with its arrow head: it ends where the head begins, so that a straight piece follows. */
function curve(points: readonly Point[], [left, inner, right]: readonly Point[]): number[] {
  const last = points.at(-1);
  if (!last || !inner) return points.flatMap(({ x, y }) => [x, y]);
  const ahead = { x: inner.x - (left.x + right.x) / 2, y: inner.y - (left.y + right.y) / 2 };
  const share = HEAD_LINE / Math.max(1, Math.hypot(ahead.x, ahead.y));
  const tip = { x: inner.x + ahead.x * share, y: inner.y + ahead.y * share };
  const between = (part: number) => ({ x: last.x + (tip.x - last.x) * part, y: last.y + (tip.y - last.y) * part });
  return [...points, between(1 / 3), between(2 / 3), tip].flatMap(({ x, y }) => [x, y]);
}
