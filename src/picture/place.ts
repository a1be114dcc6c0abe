import type { Graphviz } from "@hpcc-js/wasm-graphviz";
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
  readonly bb: string;
  readonly objects?: readonly { readonly name: string; readonly pos: string }[];
  readonly edges?: readonly { readonly id: string; readonly pos?: string; readonly lp?: string }[];
}

const MARGIN = 8;
// Of so many boxes and arrows Graphviz makes a picture at once, however they are connected.
const SMALL = 100;
// Beyond so many its search for the best places has to be cut short, and beyond MANY more so.
const MEDIUM = 250;
const MANY = 1000;
// Its time for the courses of arrows grows with the cube of how many ranks each spans: some 0.3 s for a million.
const LONGEST_COURSES = 3_000_000;

/**
 * Lays a sketch out with Graphviz's dot: Gansner, Koutsofios, North, Vo, "A Technique for Drawing Directed Graphs",
 * IEEE Transactions on Software Engineering 19 (1993). The courses of arrows in a large tangle, for which it takes
 * minutes, are our own. The same sketch gives the same placement.
 */
export function place(graphviz: Graphviz, sketch: Sketch): Placement {
  const size = sketch.boxes.length + sketch.arrows.length;
  const limits =
    size <= MEDIUM ? "nslimit=5" : size <= MANY ? "nslimit=1 mclimit=0.2" : "nslimit=0.2 nslimit1=1 mclimit=0.1";
  if (size <= SMALL) return run(graphviz, sketch, [limits]);
  const straight = run(graphviz, sketch, [limits, "splines=line"]);
  const effort = courseEffort(sketch, straight);
  return effort <= LONGEST_COURSES ? run(graphviz, sketch, [limits]) : within(sketch, route(sketch, straight));
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
  // Graphviz counts upwards.
  const at = (text: string): Point => {
    const [x, y] = text.split(",").map(Number);
    return { x, y: -y };
  };
  const boxes: Point[] = [];
  for (const { name, pos } of output.objects ?? []) {
    const i = Number(name.slice(1));
    const centre = at(pos);
    boxes[i] = { x: centre.x - sketch.boxes[i].width / 2, y: centre.y - sketch.boxes[i].height / 2 };
  }
  const arrows: PlacedArrow[] = [];
  for (const { id, pos, lp } of output.edges ?? []) {
    const i = Number(id.slice(1));
    const { label } = sketch.arrows[i];
    const centre = label && lp !== undefined ? at(lp) : null;
    arrows[i] = {
      points: curve(pos ?? "", at),
      label: label && centre && { x: centre.x - label.width / 2, y: centre.y - label.height / 2 },
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

/** Graphviz's "e,TIP P0 P1 P2 P3 ...": the curve ends where the arrow head begins, so that a straight piece follows. */
function curve(pos: string, at: (text: string) => Point): number[] {
  const parts = pos.split(" ").filter((part) => part !== "");
  const end = parts.find((part) => part.startsWith("e,"));
  const points = parts.filter((part) => !/^[es],/.test(part)).map(at);
  const last = points.at(-1);
  if (end !== undefined && last) {
    const tip = at(end.slice(2));
    const between = (share: number) => ({
      x: last.x + (tip.x - last.x) * share,
      y: last.y + (tip.y - last.y) * share,
    });
    points.push(between(1 / 3), between(2 / 3), tip);
  }
  return points.flatMap(({ x, y }) => [x, y]);
}
