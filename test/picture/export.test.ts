import { Graphviz } from "@hpcc-js/wasm-graphviz";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Picture, PictureRequest } from "../../src/picture/Picture.js";
import { picture, pictureFile } from "../../src/session/queries/picture.js";
import type { Session } from "../../src/session/Session.js";
import { firstPython3 } from "../formats/realSnapshot.js";
import { sourceOf, tangle } from "./heaps.js";
import { HOSTILE, hostileHeap } from "./hostile.js";
import { demoSession, expansionsFor, requestOf } from "./requests.js";

// One process for all files: a line of JSON in, a line with all elements out. An error ends it.
const PARSER = `
import json, sys
import xml.etree.ElementTree as tree
for line in sys.stdin:
    root = tree.fromstring(json.loads(line).encode("utf-8"))
    print(json.dumps([[e.tag, e.attrib, "".join(e.itertext())] for e in root.iter()]))
`;

interface XmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** XML as an independent parser reads it; throws where it is not well-formed. */
function parseXml(files: readonly string[]): XmlElement[][] {
  const input = files.map((file) => JSON.stringify(file)).join("\n");
  const output = execFileSync(firstPython3().path, ["-c", PARSER], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as [string, Record<string, string>, string][])
    .map((elements) => elements.map(([tag, attributes, text]) => ({ tag, attributes, text })));
}

/** A file has no place for half a character, nor XML for the last two of the basic plane. */
const asText = (text: string) => text.replace(/[\p{Cs}\ufffe\uffff]/gu, "\ufffd");

const SVG = "{http://www.w3.org/2000/svg}";
const ELEMENTS = ["svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text"].map(
  (tag) => SVG + tag,
);
const OUTSIDE = /href|url\((?!#)|@import|javascript:/i;

async function svgOf(session: Session, some: Partial<PictureRequest>): Promise<{ drawn: Picture; text: string }> {
  const request = requestOf(some);
  const drawn = await picture(session, request);
  return { drawn, text: (await pictureFile(session, { request, format: "svg" })).text };
}

function assertStandsAlone(elements: readonly XmlElement[]): void {
  for (const { tag, attributes, text } of elements) {
    assert.ok(ELEMENTS.includes(tag), tag);
    for (const [name, value] of Object.entries(attributes)) {
      assert.doesNotMatch(name, /^on|href|style/i);
      assert.doesNotMatch(value, OUTSIDE);
    }
    if (tag === `${SVG}style`) assert.doesNotMatch(text, OUTSIDE);
  }
}

function withClass(elements: readonly XmlElement[], name: string): XmlElement[] {
  return elements.filter(({ tag, attributes }) => tag === `${SVG}g` && attributes["class"]?.split(" ").includes(name));
}

describe("a picture as SVG", () => {
  it("is well-formed XML with everything that is drawn, and nothing to load or run", async () => {
    const demo = await demoSession();
    const made = sourceOf(tangle(60, 120, 3));
    const files = [
      await svgOf(made, {}),
      await svgOf(made, { expanded: expansionsFor(made, 50), direction: "right", pathTo: "0x1010" }),
      await svgOf(demo, { seed: { kind: "finding", finding: 0 } }),
    ];
    parseXml(files.map(({ text }) => text)).forEach((elements, i) => {
      const { boxes, arrows, title, notes } = files[i].drawn;
      assertStandsAlone(elements);
      assert.equal(withClass(elements, "box").length, boxes.length);
      assert.equal(withClass(elements, "arrow").length, arrows.length);
      const labels = arrows.filter(({ label }) => label !== null);
      assert.equal(withClass(elements, "label").length, labels.length);
      assert.equal(
        withClass(elements, "cycle").length,
        [...boxes, ...arrows, ...labels].filter(({ inCycle }) => inCycle).length,
      );
      const lastArrow = elements.findLastIndex((element) => withClass([element], "arrow").length > 0);
      const firstLabel = elements.findIndex((element) => withClass([element], "label").length > 0);
      assert.ok(lastArrow < firstLabel, "no arrow is drawn over a label");
      const texts = elements.filter(({ tag }) => tag === `${SVG}text`).map(({ text }) => text);
      for (const expected of [title, ...notes, ...boxes.flatMap(({ lines }) => [...lines])])
        assert.ok(texts.includes(expected), expected);
      for (const { label } of arrows) if (label) assert.ok(texts.includes(label.text), label.text);
    });
  });

  it("is large enough for all that is in it", async () => {
    const { drawn, text } = await svgOf(sourceOf(tangle(60, 120, 3)), {});
    const [[svg, ...elements]] = parseXml([text]);
    const number = (element: XmlElement, name: string) => Number(element.attributes[name]);
    const group = elements.find(({ attributes }) => attributes["transform"])!;
    const [left, top] = /translate\(([\d.]+) ([\d.]+)\)/.exec(group.attributes["transform"])!.slice(1).map(Number);
    assert.ok(number(svg, "width") >= drawn.width + left && number(svg, "height") >= drawn.height + top);
    for (const box of drawn.boxes)
      assert.ok(
        elements.some((e) => e.tag === `${SVG}rect` && number(e, "x") === box.x && number(e, "y") === box.y),
        box.key,
      );
  });

  it("is so with hostile names too, and shows them as they are", async () => {
    const files = await Promise.all(HOSTILE.map((name) => svgOf(sourceOf(hostileHeap(name)), {})));
    parseXml(files.map(({ text }) => text)).forEach((elements, i) => {
      const { boxes, arrows } = files[i].drawn;
      assert.ok(files[i].text.length < 30_000, `${files[i].text.length} characters`);
      assertStandsAlone(elements);
      assert.equal(withClass(elements, "box").length, boxes.length);
      assert.equal(withClass(elements, "arrow").length, arrows.length);
      const texts = elements.filter(({ tag }) => tag === `${SVG}text`).map(({ text }) => text);
      for (const line of boxes.flatMap(({ lines }) => [...lines])) assert.ok(texts.includes(asText(line)), line);
    });
  });
});

describe("a picture as DOT", () => {
  let graphviz: Graphviz;
  before(async () => {
    graphviz = await Graphviz.load();
  });

  interface Parsed {
    readonly name: string;
    readonly label: string;
    readonly objects: readonly { readonly label: string; readonly tooltip: string; readonly style?: string }[];
    readonly edges: readonly {
      readonly label?: string;
      readonly style?: string;
      readonly tail: number;
      readonly head: number;
    }[];
  }

  /** The file as Graphviz reads it, with escapes as they were written. */
  async function parsed(session: Session, some: Partial<PictureRequest> = {}): Promise<Parsed> {
    const { text } = await pictureFile(session, { request: requestOf(some), format: "dot" });
    return JSON.parse(graphviz.layout(text, "dot_json", "dot")) as Parsed;
  }

  // What stands in a label for what `quoted` escapes: Graphviz leaves that until it draws.
  const read = (label: string) =>
    label.replace(/\\(.)/gs, (_, c: string) => (c === "n" ? "\n" : c)).replaceAll("&amp;", "&");

  it("is read by Graphviz, box for box and arrow for arrow", async () => {
    const session = sourceOf(tangle(60, 120, 3));
    for (const some of [{}, { expanded: expansionsFor(session, 50) }, { direction: "right" as const }]) {
      const drawn = await picture(session, requestOf(some));
      const dot = await parsed(session, some);
      assert.equal(read(dot.label), [drawn.title, ...drawn.notes].join("\n"));
      assert.deepEqual(
        dot.objects.map(({ label }) => read(label)),
        drawn.boxes.map(({ lines, inCycle }) => `${inCycle ? "↻ " : ""}${lines.join("\n")}`),
      );
      const index = new Map(drawn.boxes.map(({ key }, i) => [key, i]));
      assert.deepEqual(
        dot.edges.map(({ tail, head, label }) => [tail, head, read(label ?? "")]),
        drawn.arrows.map(({ from, to, label }) => [index.get(from), index.get(to), label?.text ?? ""]),
      );
    }
  });

  it("is so with hostile names too", async () => {
    for (const name of HOSTILE) {
      const session = sourceOf(hostileHeap(name));
      const drawn = await picture(session, requestOf());
      const dot = await parsed(session);
      assert.deepEqual(
        dot.objects.map(({ label, tooltip }) => [read(label), read(tooltip)]),
        drawn.boxes.map(({ lines, inCycle, description }) => [
          asText(`${inCycle ? "↻ " : ""}${lines.join("\n")}`),
          asText(description),
        ]),
      );
      assert.equal(dot.edges.length, drawn.arrows.length);
      // Drawn by Graphviz, a name is text and nothing else.
      const { text } = await pictureFile(session, { request: requestOf(), format: "dot" });
      const svg = graphviz.layout(text, "svg", "dot");
      assert.doesNotMatch(svg, /<(script|image|table|b)\b/i);
    }
  });
});
