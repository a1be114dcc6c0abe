import assert from "node:assert/strict";
import { applyAxe } from "../axe.js";
import { eventually, views } from "../harness.js";
import { type GraphPage, openGraph } from "./page.js";
import { canned } from "./pictures.js";

describe("webview: the leak graph", () => {
  const view = views();
  let graph: GraphPage;
  beforeEach(async () => {
    graph = await openGraph(view, canned);
  });

  const active = () => graph.page.evaluate(() => document.activeElement?.getAttribute("data-box") ?? null);
  const middleOf = async (key: string) => {
    const { x, y, width, height } = (await graph.box(key).locator(".plate").boundingBox())!;
    return { x: x + width / 2, y: y + height / 2 };
  };
  const styleOf = (selector: string, name: string) =>
    graph.page
      .locator(selector)
      .first()
      .evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name);
  const assertSamePlace = async (key: string, before: { x: number; y: number }) => {
    const after = await middleOf(key);
    assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 0.5, JSON.stringify({ before, after }));
  };

  it("asks with the measured font and draws boxes, arrows and labels", async () => {
    const [request] = graph.requests();
    assert.deepEqual(request.expanded, []);
    assert.ok(request.font.charWidth > 5 && request.font.charWidth < 10, String(request.font.charWidth));
    assert.equal(await graph.page.locator("[data-box]").count(), 5);
    assert.equal(await graph.page.locator("g.arrow[data-arrow]").count(), 5);
    const label = await graph.box("0x20").getAttribute("aria-label");
    assert.equal(label, "object 0x20, 48 bytes, refs 1: 1 here. in the cycle");
  });

  it("marks cycle, weak references and garbage without colour", async () => {
    assert.notEqual(await styleOf(".arrow.in-cycle[data-arrow] .line", "stroke-dasharray"), "none");
    assert.ok(parseFloat(await styleOf(".arrow.in-cycle[data-arrow] .line", "stroke-width")) >= 2.5);
    assert.equal(await graph.box("0x20").locator(".cycle-mark").count(), 1);
    assert.equal(await graph.box("0x10").locator(".cycle-mark").count(), 0);
    assert.ok(parseFloat(await styleOf(".arrow.weak[data-arrow] .line", "stroke-width")) <= 1);
    assert.equal(await styleOf(".arrow.weak[data-arrow] .head", "fill"), "none");
    assert.equal(await graph.box("0x40").locator(".inner").count(), 1);
  });

  it("draws what is on the path and in the cycle as both", async () => {
    const { page } = graph;
    await graph.box("0x20").focus();
    await page.keyboard.press("p");
    await page.locator(".box.on-path").first().waitFor();
    assert.equal(await graph.box("0x20").locator(".beneath").count(), 1);
    assert.equal(await graph.box("0x10").locator(".beneath").count(), 0, "it is in no cycle");
    assert.equal(await graph.box("0x30").locator(".beneath").count(), 0, "it is not on the path");
  });

  it("holds the box still whose neighbours are drawn, through zoom, and goes back", async () => {
    const { page } = graph;
    await page.getByRole("button", { name: "Zoom in" }).click();
    const before = await middleOf("0x40");
    await graph.box("0x40").locator(".plate").dblclick();
    await graph.box("0x50").waitFor({ state: "attached" });
    await assertSamePlace("0x40", before);
    assert.deepEqual(graph.requests().at(-1)!.expanded, [{ id: "0x40", direction: "referents" }]);
    await page.getByRole("button", { name: "Undo" }).click();
    await graph.box("0x50").waitFor({ state: "detached" });
    await assertSamePlace("0x40", before);
    assert.deepEqual(graph.requests().at(-1)!.expanded, []);
  });

  it("draws what a box of more stands for; its object stays", async () => {
    const before = await middleOf("0x40");
    await graph.box("0x40 referents").locator(".plate").click();
    await graph.box("0x50").waitFor({ state: "attached" });
    await assertSamePlace("0x40", before);
  });

  it("is worked by keys alone", async () => {
    const { page, host } = graph;
    await page.getByRole("button", { name: "Keys and mouse" }).focus();
    await page.keyboard.press("Tab");
    assert.equal(await active(), "0x20");
    await page.keyboard.press("ArrowUp");
    assert.equal(await active(), "0x10");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await active(), "0x30");
    await page.keyboard.press("Enter");
    await page.locator(".graph-details button:focus").waitFor();
    assert.equal(await graph.box("0x30").getAttribute("aria-pressed"), "true");
    await eventually(
      () => host.received.some((message) => message.kind === "route" && message.selected === "0x30"),
      "the host knows the selected object",
    );
    await page.keyboard.press("Escape");
    assert.equal(await active(), "0x30");
    await page.keyboard.press("p");
    await page.locator(".box.on-path").first().waitFor();
    assert.equal(await active(), "0x30");
    assert.equal(graph.requests().at(-1)!.pathTo, "0x30");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await active(), "0x30");
  });

  it("lists its keys before a box has the keyboard, but not to who types a filter", async () => {
    const { page } = graph;
    await page.locator("h1:focus").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const filter = page.getByLabel("Filter by name, label, id or mark");
    await filter.focus();
    await page.keyboard.press("?");
    assert.equal(await filter.inputValue(), "?");
    assert.equal(await page.getByRole("dialog").count(), 0);
  });

  it("goes to the source of a box, by mouse and by key", async () => {
    const { page, host } = graph;
    const sources = () => host.received.filter(({ kind }) => kind === "source");
    await graph.box("0x20").locator(".plate").click();
    await page.locator(".graph-details").getByRole("button", { name: "Go to source" }).click();
    await eventually(() => sources().length === 1, "the host is asked for the source");
    await graph.box("0x20").focus();
    await page.keyboard.press("g");
    await eventually(() => sources().length === 2, "the host is asked again");
    const location = { file: "/srv/app.py", line: 7, name: "run" };
    assert.deepEqual(sources(), [
      { kind: "source", location },
      { kind: "source", location },
    ]);
  });

  it("brings the box that gets the focus into the pane", async () => {
    const { page } = graph;
    await graph.box("0x20").focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press("Shift+ArrowUp");
    const pane = (await page.locator(".graph-canvas").boundingBox())!;
    const isInside = async () => {
      const { y } = await middleOf("0x30");
      return y > pane.y && y < pane.y + pane.height;
    };
    assert.ok(!(await isInside()), "it was moved out");
    await page.keyboard.press("ArrowDown");
    assert.equal(await active(), "0x30");
    assert.ok(await isInside());
  });

  it("zooms at the pointer and moves by dragging, which selects nothing", async () => {
    const { page } = graph;
    const before = await middleOf("0x20");
    await page.mouse.move(before.x, before.y);
    const width = async () => (await graph.box("0x20").locator(".plate").boundingBox())!.width;
    const narrow = await width();
    await page.mouse.wheel(0, -200);
    await eventually(async () => (await width()) > narrow * 1.05, "it is larger");
    await assertSamePlace("0x20", before);
    await page.mouse.down();
    await page.mouse.move(before.x + 60, before.y + 40, { steps: 4 });
    await page.mouse.up();
    const after = await middleOf("0x20");
    assert.ok(Math.abs(after.x - before.x - 60) < 1 && Math.abs(after.y - before.y - 40) < 1);
    assert.equal(await page.locator('.box[aria-pressed="true"]').count(), 0);
  });

  it("has a table of the references that highlights, sorts and filters", async () => {
    const { page } = graph;
    const rows = page.locator(".graph-rows tbody tr");
    assert.equal(await rows.count(), 5);
    await rows.nth(1).focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("g.arrow[data-lit]").getAttribute("data-arrow"), "0x30>0x20");
    assert.equal(await page.locator("[data-box][data-lit]").count(), 2);
    await page.getByRole("button", { name: "Count" }).click();
    await eventually(async () => /\.parent.*3cycle$/.test((await rows.first().textContent())!), "it is sorted");
    await page.getByLabel("Filter by name, label, id or mark").fill("weak");
    await rows.nth(1).waitFor({ state: "detached" });
    assert.equal(await rows.count(), 1);
    await page.getByLabel("Filter by name, label, id or mark").fill("");
    await graph.box("0x40").hover();
    await eventually(async () => (await page.locator(".graph-rows tr[data-lit]").count()) === 2, "two rows are lit");
  });

  it("keeps the old picture while it waits, gives up on demand, and says what went wrong", async () => {
    const { page, host } = graph;
    const pane = page.locator(".graph-pane");
    delete host.answers.picture;
    await page.getByRole("button", { name: "References point right" }).click();
    await page.locator('.graph-pane[aria-busy="true"]').waitFor();
    assert.equal(await page.locator("[data-box]").count(), 5);
    await pane.getByRole("button", { name: "Cancel" }).click();
    await page.locator('.graph-pane[aria-busy="false"]').waitFor();
    await host.says("cancel");
    await page.getByRole("button", { name: "References point right" }).click();
    const { id } = await host.question("picture", 2);
    await host.tell({ kind: "refused", id, message: "too many objects", advice: "Ask for less." });
    const alert = page.getByRole("alert");
    await alert.getByText("Ask for less.").waitFor();
    host.answers.picture = canned;
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.waitFor({ state: "detached" });
    assert.equal(graph.requests().at(-1)!.direction, "right");
  });

  it("saves the picture as a file", async () => {
    const { page, host } = graph;
    await page.getByRole("button", { name: "Export DOT" }).click();
    assert.deepEqual(await host.says("save"), { kind: "save", name: "leak.dot", text: "text" });
  });
});

describe("webview: the leak graph and axe-core", () => {
  const view = views();
  for (const options of [{}, { colorScheme: "light" }, { width: 700 }] as const) {
    it(`finds no violation with everything open: ${JSON.stringify(options)}`, async () => {
      const { page, box } = await openGraph(view, canned, options);
      await page.locator(".graph-legend summary").click();
      await box("0x10").focus();
      await page.keyboard.press("Enter");
      await page.locator(".graph-details button:focus").waitFor();
      assert.deepEqual((await applyAxe(page)).violations, []);
    });
  }
});
