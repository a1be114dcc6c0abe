import type { Graphviz } from "@hpcc-js/wasm-graphviz";
import { layoutDot } from "./dot.js";
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

/** Lays a sketch out with Graphviz's dot. Deterministic. */
export function place(graphviz: Graphviz, sketch: Sketch, attributes: readonly string[]): Placement {
  const output = JSON.parse(graphviz.layout(layoutDot(sketch, attributes), "json", "dot")) as GraphvizOutput;
  const [left, bottom, right, top] = output.bb.split(",").map(Number);
  const at = (text: string): Point => {
    const [x, y] = text.split(",").map(Number);
    return { x: x - left + MARGIN, y: top - y + MARGIN };
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
  return { width: right - left + 2 * MARGIN, height: top - bottom + 2 * MARGIN, boxes, arrows };
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
