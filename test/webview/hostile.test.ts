import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type CannedHost, INFO } from "./CannedHost.js";
import { drawn, views } from "./harness.js";

const MARKUP = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>";
const EVIL = `${MARKUP}\u202egnp\u2066\u200f\u0007\u001b[2J\r\n\u0000${"W".repeat(1_000_000)}`;
/** Where there are many of them. */
const SHORT = EVIL.slice(0, 3000);
const LONGEST = 5000;

/** What of the page no text may bring about. */
async function look(page: Page, what: string): Promise<string> {
  await drawn(page);
  const { texts, elements, wide } = await page.evaluate(() => {
    const nodes = [...document.querySelectorAll("*")].filter((node) => node.tagName !== "SCRIPT");
    const own = nodes.flatMap((node) => [...node.childNodes].filter((child) => child instanceof Text));
    const attributes = nodes.flatMap((node) => [...node.attributes].map(({ value }) => value));
    const main = document.querySelector("main")!;
    const fields = [...document.querySelectorAll("input")].map(({ value }) => value);
    return {
      texts: [document.title, ...own.map((child) => child.textContent ?? ""), ...attributes, ...fields],
      elements: document.querySelectorAll("#app :is(img, b, script, iframe, object, link, style, [onerror])").length,
      wide: [
        [document.documentElement.scrollWidth, innerWidth],
        [document.body.scrollWidth, innerWidth],
        [main.scrollWidth, main.clientWidth],
      ].filter(([content, room]) => content > room),
    };
  });
  assert.equal(elements, 0, `${what}: markup became elements`);
  const longest = Math.max(...texts.map(({ length }) => length));
  assert.ok(longest < LONGEST, `${what}: a text of ${longest} characters`);
  const text = texts.join("\n");
  assert.doesNotMatch(text, /[\p{Bidi_Control}\u2028\u2029\ufeff\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u, what);
  assert.deepEqual(wide, [], `${what}: wider than there is room`);
  assert.notEqual(await page.title(), "owned");
  return text;
}

function answerWithEvil({ answers }: CannedHost): void {
  const location = { file: `/srv/${EVIL}`, line: 3, name: EVIL };
  const step = { id: "0x1", label: SHORT, name: SHORT };
  const edge = { from: "0x1", to: "0x2", label: SHORT, fromName: SHORT, toName: SHORT };
  const family = {
    family: 0,
    name: EVIL,
    count: 2,
    objects: 3,
    bytes: 4,
    pinned: 5,
    garbage: true,
    location: { ...location, file: `/srv/${SHORT}` },
  };
  const row = {
    id: "0x1",
    name: SHORT,
    held: SHORT,
    self: 1,
    retained: 2,
    dominator: null,
    distance: 1,
  };
  const neighbour = { id: "0x1", name: SHORT, label: SHORT, standing: "traversed" };
  answers.report = () => ({
    snapshot: {} as never,
    findings: ["error", "warning", "info"].map((severity, i) => ({
      rule: SHORT,
      severity,
      title: i === 0 ? EVIL : SHORT,
      why: i === 0 ? EVIL : SHORT,
      fix: SHORT,
      count: 1,
      bytes: 1,
      objects: [],
      objectsTotal: 0,
      fingerprint: "",
      location,
      path: Array.from({ length: 3 + 9 * i }, () => step),
    })),
  });
  answers.families = () => ({
    families: [family, { ...family, family: 1, name: SHORT }],
    total: 2,
    infrastructure: { sccs: 1, largest: 2 },
  });
  answers.family = () => ({
    ...family,
    signature: EVIL,
    examples: [0, 1].map((cycle) => ({ id: "0x1", name: SHORT, cycle })),
    edges: [edge, edge],
    edgesTotal: 2,
    cuts: [{ ...edge, why: SHORT, idiom: SHORT, count: 1 }],
  });
  answers.types = () => [EVIL, SHORT, "plain"].map((type, i) => ({ type, count: 3 - i, bytes: 30 - i, garbage: 0 }));
  answers.instances = () => ({ rows: [row, { ...row, id: "0x2" }], total: 9 });
  const growth = { counts: [1, 2, 3], slope: 1, r2: 1, grows: true };
  answers.caches = () =>
    [EVIL, SHORT].map((name, i) => ({
      name,
      id: `0x${i}`,
      type: SHORT,
      entries: 3,
      idle: 1,
      idleShare: 1 / 3,
      commonType: SHORT,
      commonCount: 2,
      bytes: 4,
      bound: { limit: 9, by: SHORT },
      location: { ...location, file: `/srv/${SHORT}` },
      growth,
    }));
  const grown = { ...growth, name: EVIL, bytes: [1, 2, 3], bytesSlope: 1, isNew: true, id: "0x1", heldBy: SHORT };
  const list = [grown, { ...grown, name: SHORT, location: { ...location, file: `/srv/${SHORT}` } }];
  answers.compare = () => ({
    snapshots: [EVIL, SHORT, SHORT].map((file) => ({ ...INFO, file: `/data/${file}`, capturedAt: SHORT })),
    notes: [EVIL],
    newestIsOpen: false,
    growing: { containers: 2, types: 2, families: 2, sites: 2, surpluses: 2 },
    containers: list,
    types: list,
    families: list,
    sites: list,
    surpluses: list,
  });
  const place = { ...location, file: `/srv/${SHORT}` };
  answers.duplicates = () => ({
    rows: [EVIL, SHORT].map((value, i) => ({
      value,
      type: value,
      count: 9,
      saved: 1,
      objects: [`0x${i}`],
      objectsTotal: 9,
      heldBy: value,
      location: place,
    })),
    totals: [{ type: EVIL, count: 9, values: 2, saved: 1 }],
    policies: [{ name: EVIL, what: SHORT, count: 8, saved: 1 }],
  });
  const kept = { id: "0x1", type: SHORT, objectName: SHORT, retained: 1, kept: true };
  answers.threads = () => ({
    threads: [EVIL, SHORT].map((name, i) => ({
      id: 1,
      node: `0x${i}`,
      name,
      frames: [EVIL, SHORT].map((fn, n) => ({
        id: null,
        node: `0x1${n}`,
        function: fn,
        location: place,
        locals: 1,
        retained: 1,
      })),
      framesTotal: 2,
      retained: 1,
      locals: [{ ...kept, name: EVIL, function: SHORT }],
    })),
    threadLocals: [{ ...kept, local: "0x2", dict: "0x3", holder: EVIL, location: place, attribute: SHORT }],
    threadLocalsTotal: 1,
    tasks: [
      {
        coroutine: EVIL,
        state: "pending" as const,
        definition: place,
        location: place,
        stack: [{ ...place, name: EVIL }],
        waitsFor: SHORT,
        count: 1,
        bytes: 1,
        heldBy: SHORT,
        objects: ["0x1"],
        objectsTotal: 1,
      },
    ],
  });
  answers.search = () => ({ rows: [{ ...row, type: SHORT }], total: 1 });
  answers.why = ({ id }) => ({
    id,
    name: SHORT,
    garbage: true,
    paths: [{ root: SHORT, expression: EVIL, steps: [step, step] }],
    cycle: [step, step],
  });
  answers.object = ({ id }) => ({
    ...row,
    id,
    name: EVIL,
    type: EVIL,
    kind: "dict",
    refcount: 1,
    references: { inside: 1, outside: 0 },
    garbage: true,
    generation: 0,
    flags: [SHORT],
    root: EVIL,
    location,
    path: EVIL,
    referrers: [neighbour, neighbour],
    referrersTotal: 2,
    referents: [neighbour],
    referentsTotal: 1,
    weakrefs: Array.from({ length: 80 }, (_, i) => `0x${i}`),
  });
}

describe("webview: texts that attack whoever shows them", () => {
  const view = views();

  for (const width of [1200, 700]) {
    it(`are shown as text, cut, and fit into ${width} pixels, in every view`, async () => {
      const host = await view.canned({ width });
      const { page } = host;
      answerWithEvil(host);
      await host.tell({ kind: "failed", message: EVIL, advice: EVIL });
      await page.getByRole("alert").waitFor();
      assert.match(await look(page, "failed"), /<img src=x/);

      await host.open(`/data/${EVIL}.pyheapsnapshot`, { ...INFO, format: SHORT, argv: [EVIL, "b"], notes: [EVIL] });
      await page.getByRole("article").first().waitFor();
      await page.getByText("Worth knowing (1)").click();
      await page.getByRole("article").nth(2).waitFor();
      const overview = await look(page, "overview");
      assert.ok(
        overview.includes(`${MARKUP}\\u202egnp\\u2066\\u200f\\u0007\\u001b[2J\\u000d\\u000a`),
        "readable as text",
      );

      await page.keyboard.press("/");
      await page.keyboard.type("x");
      await page.getByRole("option").waitFor();
      assert.match(await look(page, "search"), /<img src=x/);
      await page.keyboard.press("Escape");

      const navigation = page.getByRole("navigation");
      await navigation.getByRole("button", { name: "Cycles" }).click();
      await page.getByRole("heading", { name: "Where to cut it" }).waitFor();
      await page.getByText("Shape", { exact: true }).click();
      assert.match(await look(page, "cycles"), /<img src=x/);

      await navigation.getByRole("button", { name: "Types" }).click();
      await page.getByRole("row").nth(1).click();
      await page.getByRole("grid", { name: /^Largest/ }).waitFor();
      assert.match(await look(page, "types"), /<img src=x/);

      await host.tell({ kind: "compared", files: [EVIL], version: 1, canChoose: true });
      await navigation.getByRole("button", { name: "Caches" }).click();
      await page.getByRole("img").waitFor();
      assert.match(await look(page, "caches"), /<img src=x/);

      for (const [name, lists] of [
        ["Duplicates", [/^By type/, /^What if/, /^Values/]],
        ["Threads", [/^Thread-locals/, /^Tasks/, /^Threads/]],
      ] as const) {
        await navigation.getByRole("button", { name }).click();
        for (const words of lists) {
          const list = page.getByRole("group", { name: "List" }).getByRole("button", { name: words });
          await list.click();
          // What is in the header is in every view.
          await page.locator("main :is(h2, th, td)", { hasText: "<img src=x" }).first().waitFor();
          await look(page, `${name}, ${await list.innerText()}`);
        }
      }

      await navigation.getByRole("button", { name: "Compare" }).click();
      await page.getByRole("img").nth(1).waitFor();
      assert.match(await look(page, "compare"), /<img src=x/);

      await host.tell({ kind: "show", route: { view: "object", id: "0x7" } });
      await page.getByText(/It is garbage in a cycle/).waitFor();
      assert.match(await look(page, "object"), /<img src=x/);

      await host.tell({ kind: "notice", text: EVIL });
      await page.getByRole("button", { name: "Dismiss" }).waitFor();
      assert.match(await look(page, "notice"), /<img src=x/);

      host.answers.object = undefined as never;
      await host.tell({ kind: "show", route: { view: "object", id: SHORT } });
      const { id } = await host.question("object", 1);
      await host.tell({ kind: "refused", id, message: EVIL, advice: EVIL });
      await page.getByRole("alert").waitFor();
      assert.match(await look(page, "refused"), /<img src=x/);
    });
  }

  it("the look at a page notices what it looks for", async () => {
    const { page } = await view.canned({ width: 700 });
    const harm = async (change: string, wanted: RegExp) => {
      await page.evaluate(
        `{ const p = document.createElement("p"); p.id = "harm"; ${change}; if (!p.isConnected) app.append(p); }`,
      );
      await assert.rejects(look(page, "harm"), wanted);
      await page.evaluate("document.getElementById('harm').remove()");
    };
    await harm("p.append(document.createElement('b'))", /markup became elements/);
    await harm("p.textContent = 'a\\u202eb'", /harm/);
    await harm("p.title = 'W'.repeat(6000)", /a text of 6000 characters/);
    await harm("p.style.width = '900px'; document.querySelector('main').append(p)", /wider/);
  });
});
