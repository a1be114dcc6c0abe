import type { Arrow, Box, Picture, PictureRequest } from "../../../src/picture/Picture.js";

/** A box of a canned picture. */
export function box(id: string, x: number, y: number, more: Partial<Box> = {}): Box {
  return {
    ...{ key: id, id, kind: "object", x, y, width: 160, height: 60 },
    ...{
      lines: [`object ${id}`, "48 bytes", "refs 1: 1 here"],
      description: `object ${id}, 48 bytes, refs 1: 1 here.`,
    },
    ...{ inCycle: false, onPath: false, garbage: false, root: "", hidden: { referrers: 0, referents: 0 } },
    ...more,
  };
}

/** A straight arrow from the bottom of one box to the top of another. */
export function arrow(from: Box, to: Box, more: Partial<Arrow> = {}): Arrow {
  const [x1, y1] = [from.x + from.width / 2, from.y + from.height];
  const [x2, y2] = [to.x + to.width / 2, to.y];
  const third = (a: number, b: number, n: number) => a + ((b - a) * n) / 3;
  const points = [x1, y1, third(x1, x2, 1), third(y1, y2, 1), third(x1, x2, 2), third(y1, y2, 2), x2, y2];
  return {
    ...{ key: `${from.key}>${to.key}`, from: from.key, to: to.key, labels: [".next"], count: 1, points },
    ...{ inCycle: false, onPath: false, weak: false, label: null },
    ...more,
  };
}

/** A picture of boxes and arrows. */
export function pictureOf(boxes: readonly Box[], arrows: readonly Arrow[] = []): Picture {
  return {
    width: Math.max(...boxes.map(({ x, width }) => x + width)) + 8,
    height: Math.max(...boxes.map(({ y, height }) => y + height)) + 8,
    boxes,
    arrows,
    title: "A picture",
    notes: [],
  };
}

/**
 * What a heap's picture would be: a cycle of two below a root, and a third object with neighbours that are not drawn.
 * Whatever is expanded moves all the rest.
 */
export function canned({ expanded, pathTo }: PictureRequest): Picture {
  const shift = 170 * expanded.length;
  const marked = pathTo !== undefined;
  const hidden = { referrers: 0, referents: expanded.length === 0 ? 2 : 0 };
  const root = box("0x10", 300 + shift, 8, { root: "sys.modules", onPath: marked });
  const location = { file: "/srv/app.py", line: 7, name: "run" };
  const first = box("0x20", 200 + shift, 120 + shift, { inCycle: true, onPath: marked, location });
  const second = box("0x30", 200 + shift, 240 + shift, { inCycle: true });
  const third = box("0x40", 420 + shift, 120 + shift, { garbage: true, hidden });
  const boxes = [root, first, second, third];
  const arrows = [
    arrow(root, third, { weak: true, labels: ["<weak>"] }),
    arrow(root, first, { onPath: marked }),
    arrow(first, second, { inCycle: true, labels: [".child"], label: labelAt(300 + shift, 200 + shift, ".child") }),
    arrow(second, first, { inCycle: true, labels: [".parent"], count: 3 }),
  ];
  if (expanded.length > 0) {
    const referent = box("0x50", 8, 8);
    return pictureOf([referent, ...boxes], [...arrows, arrow(third, referent)]);
  }
  const more = box("0x40 referents", 420, 240, {
    ...{ id: "0x40", kind: "more", direction: "referents", lines: ["+ 2 referents", "2 dict"] },
    description: "2 referents of object 0x40 more that are not drawn: 2 dict.",
  });
  return pictureOf([...boxes, more], [...arrows, arrow(third, more, { labels: [], count: 2 })]);
}

function labelAt(x: number, y: number, text: string) {
  return { x, y, width: 60, height: 20, text };
}
