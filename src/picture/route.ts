import type { Placement, Point } from "./place.js";
import type { Rectangle } from "./Picture.js";
import type { Sketch } from "./sketch.js";

// Pixels that an arrow keeps from boxes and labels that are not its own, and from other arrows.
const CLEARANCE = 6;
const APART = 6;
const PORT_MARGIN = 8;

/** Boxes and labels with the same middle, which arrows to further ranks pass between. */
interface Rank {
  readonly middle: number;
  top: number;
  bottom: number;
  readonly taken: { readonly from: number; readonly to: number }[];
  readonly passed: number[];
}

interface Way {
  readonly arrow: number;
  readonly upper: number;
  readonly lower: number;
  /** Set where the arrow points up. */
  readonly upwards: boolean;
  /** By rank, from that of the upper box to that of the lower one. */
  readonly x: number[];
  readonly first: number;
}

/**
 * Gives the arrows of a ranked placement a course: down between the boxes and labels of each rank, with a curve in the
 * room between two ranks, so that none runs through a box or a label. A stand-in for Graphviz's own, nicer courses,
 * whose time grows with the cube of an arrow's length in ranks. Arrows from a box to itself keep theirs.
 */
export function route(sketch: Sketch, placement: Placement): Placement {
  const turned = sketch.direction === "right";
  const boxes = sketch.boxes.map((box, i) => turn({ ...box, ...placement.boxes[i] }, turned));
  const labels = sketch.arrows.map(({ label }, i) => {
    const at = placement.arrows[i].label;
    return label && at && turn({ ...label, ...at }, turned);
  });
  const index = new Map(sketch.boxes.map(({ key }, i) => [key, i]));
  const ends = sketch.arrows.map(({ from, to }) => [index.get(from)!, index.get(to)!] as const);
  const ranks = ranksOf([...boxes, ...labels.filter((_, i) => ends[i][0] !== ends[i][1])]);
  const rankOf = (rectangle: Rectangle) => rankAt(ranks, middleOf(rectangle));
  const ways: Way[] = [];
  ends.forEach(([from, to], arrow) => {
    if (from === to) return;
    const upwards = rankOf(boxes[from]) > rankOf(boxes[to]);
    const [upper, lower] = upwards ? [to, from] : [from, to];
    ways.push({ arrow, upper, lower, upwards, x: [], first: rankOf(boxes[upper]) });
  });
  const span = ({ first, lower }: Way) => rankOf(boxes[lower]) - first;
  ways.sort((a, b) => span(a) - span(b) || a.arrow - b.arrow);
  for (const way of ways) thread(way, span(way), boxes, labels[way.arrow], ranks);
  spreadPorts(ways, boxes);
  const arrows = [...placement.arrows];
  for (const way of ways) arrows[way.arrow] = { ...arrows[way.arrow], points: curve(way, boxes, ranks, turned) };
  return { ...placement, arrows };
}

function turn<T extends Rectangle>({ x, y, width, height }: T, turned: boolean): Rectangle {
  return turned ? { x: y, y: x, width: height, height: width } : { x, y, width, height };
}

function middleOf({ y, height }: Rectangle): number {
  return y + height / 2;
}

function rankAt(ranks: readonly Rank[], y: number): number {
  return ranks.findIndex(({ middle }) => Math.abs(middle - y) < 1);
}

function ranksOf(rectangles: readonly (Rectangle | null)[]): Rank[] {
  const ranks: Rank[] = [];
  const all = rectangles.filter((rectangle) => rectangle !== null).sort((a, b) => middleOf(a) - middleOf(b));
  for (const rectangle of all) {
    let rank = ranks.at(-1);
    if (!rank || middleOf(rectangle) - rank.middle >= 1) {
      rank = { middle: middleOf(rectangle), top: rectangle.y, bottom: rectangle.y, taken: [], passed: [] };
      ranks.push(rank);
    }
    rank.top = Math.min(rank.top, rectangle.y);
    rank.bottom = Math.max(rank.bottom, rectangle.y + rectangle.height);
    rank.taken.push({ from: rectangle.x - CLEARANCE, to: rectangle.x + rectangle.width + CLEARANCE });
  }
  return ranks;
}

/** Chooses where an arrow passes each rank between its boxes: towards its label, then towards its end. */
function thread(
  way: Way,
  span: number,
  boxes: readonly Rectangle[],
  label: Rectangle | null,
  ranks: readonly Rank[],
): void {
  const centre = ({ x, width }: Rectangle) => x + width / 2;
  const goal = centre(boxes[way.lower]);
  way.x.push(centre(boxes[way.upper]));
  // Graphviz puts a label to the right of where it leads the arrow.
  const labelAt = label ? rankAt(ranks, middleOf(label)) - way.first : 0;
  if (label && labelAt > 0 && labelAt < span) {
    pass(way, labelAt, label.x - 1, ranks);
    way.x.push(label.x - 1);
  }
  pass(way, span, goal, ranks);
  way.x.push(goal);
}

/** Leads a way through the ranks before `end`, with as few bends as can easily be had: as long upright as possible. */
function pass({ x, first }: Way, end: number, goal: number, ranks: readonly Rank[]): void {
  while (x.length < end) {
    const at = x.length;
    const before = x[at - 1];
    const next = nearest(ranks[first + at], before + (goal - before) / (end - at + 1));
    let best = next;
    let longest = 0;
    for (const candidate of [before, goal, next]) {
      let length = 0;
      while (at + length < end && isFree(ranks[first + at + length], candidate)) length++;
      if (length > longest) [best, longest] = [candidate, length];
    }
    for (let i = 0; i < Math.max(1, longest); i++) {
      ranks[first + at + i].passed.push(best);
      x.push(best);
    }
  }
}

function isFree({ taken, passed }: Rank, x: number): boolean {
  return !taken.some(({ from, to }) => from < x && x < to) && !passed.some((other) => Math.abs(x - other) < APART);
}

/** The place in a rank next to a wish that no box or label takes, nor, where there is room, another arrow. */
function nearest({ taken, passed }: Rank, wish: number): number {
  const blocks = [...taken, ...passed.map((x) => ({ from: x - APART, to: x + APART }))];
  return free(blocks, wish, 60) ?? free(taken, wish, Infinity)!;
}

function free(blocks: readonly { from: number; to: number }[], wish: number, furthest: number): number | undefined {
  const inside = (x: number) => blocks.some(({ from, to }) => from < x && x < to);
  if (!inside(wish)) return wish;
  let best: number | undefined;
  for (const { from, to } of blocks) {
    for (const x of [from, to]) {
      const away = Math.abs(x - wish);
      if (away <= furthest && (best === undefined || away < Math.abs(best - wish)) && !inside(x)) best = x;
    }
  }
  return best;
}

/** Lets arrows leave and reach a box side by side, in the order in which they come. */
function spreadPorts(ways: readonly Way[], boxes: readonly Rectangle[]): void {
  const sides = new Map<string, { readonly way: Way; readonly at: number; readonly towards: number }[]>();
  const add = (side: string, way: Way, at: number, towards: number) => {
    const entry = { way, at, towards };
    const list = sides.get(side);
    if (list) list.push(entry);
    else sides.set(side, [entry]);
  };
  for (const way of ways) {
    const last = way.x.length - 1;
    add(`bottom ${way.upper}`, way, 0, way.x[1]);
    add(`top ${way.lower}`, way, last, way.x[last - 1]);
  }
  for (const [side, list] of sides) {
    const box = boxes[Number(side.split(" ")[1])];
    const room = box.width - 2 * PORT_MARGIN;
    list.sort((a, b) => a.towards - b.towards || a.way.arrow - b.way.arrow);
    list.forEach(({ way, at }, i) => (way.x[at] = box.x + PORT_MARGIN + (room * (i + 1)) / (list.length + 1)));
  }
}

/** The curve from the tail to the head: upright within a rank, bent between two. */
function curve(way: Way, boxes: readonly Rectangle[], ranks: readonly Rank[], turned: boolean): number[] {
  const upper = boxes[way.upper];
  const points: Point[] = [{ x: way.x[0], y: upper.y + upper.height }];
  // Where several arrows turn between the same ranks, each does so at a height of its own.
  const share = 0.3 + 0.1 * (way.arrow % 5);
  const to = (x: number, y: number) => {
    const from = points.at(-1)!;
    const middle = from.y + (y - from.y) * share;
    points.push({ x: from.x, y: middle }, { x, y: middle }, { x, y });
  };
  for (let i = 0; i < way.x.length; i++) {
    const { top, bottom } = ranks[way.first + i];
    // The first and the last rank have boxes that are less high than others beside them.
    if (i > 0) to(way.x[i], top);
    if (i < way.x.length - 1) to(way.x[i], bottom);
    else to(way.x[i], boxes[way.lower].y);
  }
  if (way.upwards) points.reverse();
  return points.flatMap(({ x, y }) => (turned ? [y, x] : [x, y]));
}
