import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { CutPreview } from "../../../src/session/queries/cut.js";
import type { FamilyDetails } from "../../../src/session/queries/families.js";
import { markPlace } from "../../../src/webview/graph/curves.js";
import { applyAxe } from "../axe.js";
import { eventually, type RealView, views } from "../harness.js";
import { openGraph } from "./page.js";
import { canned } from "./pictures.js";

const figures = (page: Page) => page.locator(".cut-figures");
const rows = (page: Page) => page.locator(".graph-rows tbody tr");
const fated = (page: Page, fate: string) => page.locator(`[data-box][data-fate="${fate}"]`);
const isCut = (page: Page) => page.locator(".arrow[data-cut][data-arrow]");

/** True for an element that no pane around it hides. */
function isInSight(element: Element): boolean {
  const { top, left, height } = element.getBoundingClientRect();
  const found = document.elementFromPoint(left + 1, top + height / 2);
  return found !== null && (element === found || element.contains(found));
}

describe("webview: cutting references, on a real snapshot", () => {
  const view = views();
  let real: RealView;
  let details: FamilyDetails;
  let seed: { kind: "family"; family: number; cycle: number };

  beforeEach(async () => {
    real = await view.real();
    const { families } = await real.snapshot.ask("families", {});
    const json = families.find(({ name }) => name.includes("_iterencode"))!;
    details = await real.snapshot.ask("family", { family: json.family });
    seed = { kind: "family", family: json.family, cycle: 0 };
  });

  const open = async (cycle = 0): Promise<Page> => {
    real.connection.show({ view: "graph", seed: { ...seed, cycle } });
    await real.page.locator("[data-box]").first().waitFor();
    return real.page;
  };
  /** Texts of what the session itself says of cuts. */
  const truth = (references: readonly { from: string; to: string }[]): Promise<CutPreview> =>
    real.snapshot.ask("cut", { references: references.map(({ from, to }) => ({ from, to })), ids: [] });
  const hasFigures = async (page: Page, count: number, { now }: CutPreview) => {
    const objects = now.objects === 1 ? "1 object" : `${now.objects} objects`;
    await page.getByText(new RegExp(`^${count} cut · frees now .*\\(${objects}\\)`)).waitFor();
  };
  const cutRow = async (page: Page, cut: { label: string }) => {
    await rows(page).filter({ hasText: cut.label }).locator(".cut-cell button").first().click();
  };

  it("cuts arrows one by one, tells bytes and fates, and takes them back", async () => {
    const page = await open();
    const boxes = await page.locator("[data-box].object").count();
    // The longest label first: it is part of no other.
    const cuts = details.cuts.toSorted((a, b) => b.label.length - a.label.length);
    const [list, dict] = cuts[0].label.endsWith("list") ? cuts : [cuts[1], cuts[0]];
    await cutRow(page, list);
    await hasFigures(page, 1, await truth([list]));
    assert.equal(await isCut(page).count(), 1);
    assert.equal(await page.locator(".cut-mark").count(), 1 + 1, "in the picture and in the legend");
    await eventually(async () => (await fated(page, "collection").count()) > 0, "the rest waits for the collector");
    assert.match((await rows(page).filter({ hasText: list.label }).locator(".marks").textContent())!, /cut/);

    await cutRow(page, dict);
    await hasFigures(page, 2, await truth([list, dict]));
    await page.getByRole("button", { name: "Undo cut" }).click();
    await hasFigures(page, 1, await truth([list]));
    assert.equal(await isCut(page).count(), 1);
    await page.getByRole("button", { name: "Reset cuts" }).click();
    await eventually(async () => (await isCut(page).count()) === 0, "no arrow is cut");
    assert.equal(await figures(page).textContent(), "");
    assert.equal(await page.locator("[data-box][data-fate]").count(), 0);
    assert.equal(await page.locator("[data-box].object").count(), boxes);
  });

  it("applies the suggested cuts: all of the cycle dies now; their fix is copied", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Suggest cut" }).click();
    const said = await truth(details.cuts);
    assert.equal(details.cuts.length, 3);
    await hasFigures(page, 3, said);
    const members = page.locator("[data-box].in-cycle");
    assert.equal(await members.count(), details.objects);
    await eventually(async () => (await fated(page, "now").count()) >= details.objects, "the members die");
    for (const member of await members.all()) {
      assert.equal(await member.getAttribute("data-fate"), "now");
      assert.match((await member.getAttribute("aria-label"))!, /, dies\. /);
    }
    const [first] = details.cuts;
    await page.getByRole("button", { name: `Copy fix for ${first.label}`, exact: true }).click();
    await eventually(() => real.copied.length === 1, "the fix is copied");
    assert.equal(real.copied[0], `${first.idiom}\n\n${first.code}`);
    await page.getByRole("button", { name: "Copy fix for all" }).click();
    await eventually(() => real.copied.length === 2, "all of it is copied");
    assert.equal(real.copied[1], details.fix);

    await page.getByRole("button", { name: "Order of destruction" }).click();
    assert.ok(await page.locator(".cut-order h2").evaluate(isInSight), "the list is scrolled to");
    const steps = page.locator(".cut-order ol").first().locator("li");
    const now = said.order.filter(({ when }) => when === "now");
    assert.equal(await steps.count(), now.length);
    assert.match((await steps.first().textContent())!, new RegExp(`${now[0].id} dies`));
    const listed = page.locator(".cut-order ol li");
    assert.equal(await listed.count(), said.order.length);
    assert.equal(said.orderTotal, said.order.length, "what was garbage already is not listed");
    await page.getByText("What was garbage already goes with the next collection too").waitFor();
    assert.deepEqual((await applyAxe(page)).violations, []);
  });

  it("tells in a narrow window what is freed beside the row that is cut", async () => {
    real = await view.real({ width: 700 });
    const page = await open();
    await cutRow(page, details.cuts[0]);
    await page.getByText(/^1 cut · frees now/).waitFor();
    assert.ok(await figures(page).evaluate(isInSight));
    await page.getByRole("button", { name: "Suggest cut" }).click();
    await page.getByRole("heading", { name: "Suggested cuts" }).waitFor();
    assert.ok(await page.getByRole("heading", { name: "Suggested cuts" }).evaluate(isInSight));
  });

  it("finds the suggested cuts in another cycle of the family", async () => {
    const page = await open(1);
    await page.getByRole("button", { name: "Suggest cut" }).click();
    await page.getByText(/^3 cut · frees now/).waitFor();
    await eventually(async () => (await fated(page, "now").count()) >= details.objects, "the members die");
    for (const member of await page.locator("[data-box].in-cycle").all())
      assert.equal(await member.getAttribute("data-fate"), "now");
  });

  it("asks again for the boxes that an expansion draws", async () => {
    const page = await open();
    await cutRow(page, details.cuts[0]);
    await page.getByText(/^1 cut · frees now/).waitFor();
    const before = await page.locator("[data-box].object").count();
    await page.locator("[data-box].in-cycle").first().focus();
    await page.keyboard.press("r");
    await page.keyboard.press("t");
    await eventually(async () => (await page.locator("[data-box].object").count()) > before, "more is drawn");
    const asked = () => real.received.flatMap((m) => (m.kind === "ask" && m.question === "cut" ? [m.params] : []));
    await eventually(async () => {
      const drawn = await page.locator("[data-box].object").count();
      return asked().at(-1)!.ids.length === drawn;
    }, "the fates of all boxes are asked for");
  });

  it("leads from the cycles to the graph with the cuts applied, again after a reset", async () => {
    const { page } = real;
    await page.keyboard.press("2");
    await page.getByRole("grid").getByText("encoder.py").first().waitFor();
    await page.getByRole("button", { name: "What if I cut it?" }).click();
    await page.getByText(/cut · frees now/).waitFor();
    await page.getByRole("button", { name: "Reset cuts" }).click();
    await page.keyboard.press("2");
    await page.getByRole("grid").waitFor();
    await page.keyboard.press("0");
    await page.locator("[data-box]").first().waitFor();
    assert.equal(await isCut(page).count(), 0, "going back is no wish for cuts");
    await page.keyboard.press("2");
    await page.getByRole("button", { name: "What if I cut it?" }).click();
    await page.getByText(/cut · frees now/).waitFor();
  });
});

describe("webview: cutting references", () => {
  const view = views();
  const nothing = { objects: 0, bytes: 0 };
  const PREVIEW: CutPreview = {
    now: { objects: 1, bytes: 48 },
    collection: { objects: 2, bytes: 2000 },
    garbageBefore: { objects: 7, bytes: 3000 },
    order: [
      { when: "now", kind: "finalizer", id: "0x30", name: "Node", bytes: 0 },
      { when: "now", kind: "dies", id: "0x30", name: "Node", bytes: 48 },
      { when: "collection", kind: "callback", id: "0x40", name: "Other", bytes: 0 },
    ],
    orderTotal: 12,
    survivors: [{ id: "0x20", name: "Kept", holder: { id: "0x10", name: "module app" } }],
    survivorsTotal: 1,
    fates: [
      { id: "0x10", fate: "stays", heldBy: null },
      { id: "0x20", fate: "stays", heldBy: { id: "0x10", name: "module app" } },
      { id: "0x30", fate: "now" },
      { id: "0x40", fate: "collection" },
    ],
    arenas: null,
    unknown: ["A finalizer may keep something."],
  };

  it("says what dies, waits and stays, and who holds it, without colour alone", async () => {
    const { page, host, box } = await openGraph(view, canned);
    host.answers.cut = () => PREVIEW;
    await rows(page).filter({ hasText: ".child" }).focus();
    await page.keyboard.press("x");
    await page
      .getByText(
        "1 cut · frees now 48 bytes (1 object) · next collection 2.0 kB more (2 objects), besides 3.0 kB that was garbage already",
      )
      .waitFor();
    assert.equal(await box("0x30").locator(".fate-tag text").textContent(), "dies");
    assert.equal(await box("0x40").locator(".fate-tag text").textContent(), "next collection");
    assert.match((await box("0x20").locator(".fate-tag text").textContent())!, /^stays: held by/);
    assert.equal(await box("0x10").locator(".fate-tag").count(), 0, "the cut has nothing to do with it");
    assert.match((await box("0x20").getAttribute("aria-label"))!, /, stays: held by module app\./);
    assert.equal(
      await box("0x40")
        .locator(".hatch")
        .evaluate((rect) => getComputedStyle(rect).display),
      "inline",
    );
    await page.getByText("A finalizer may keep something.").waitFor();
    await box("0x20").locator(".plate").click();
    await page.getByText("With the cuts it stays: held by module app").waitFor();

    await page.getByRole("button", { name: "Order of destruction" }).click();
    await page.getByText("The first 3 of 12 steps.").waitFor();
    const steps = await page.locator(".cut-order li").allTextContents();
    assert.deepEqual(
      steps.map((step) => step.replace(/\s+/g, " ").trim()),
      [
        "Node 0x30 finalizer runs",
        "Node 0x30 dies, 48 bytes",
        "Other 0x40 weakref callback runs",
        "Kept 0x20 held by module app 0x10",
      ],
    );
    assert.deepEqual((await applyAxe(page)).violations, []);
  });

  it("refuses what is no reference between drawn objects, and says why", async () => {
    const { page, host } = await openGraph(view, canned);
    host.answers.cut = () => PREVIEW;
    const weak = rows(page).filter({ hasText: "<weak>" }).locator(".cut-cell button");
    assert.ok(await weak.isDisabled());
    assert.match((await weak.getAttribute("title"))!, /weak reference/);
    await rows(page).filter({ hasText: "+ 2 referents" }).locator(".marks").click();
    await page.getByText(/It can’t be cut\. .*not drawn/).waitFor();
    await page.keyboard.press("x");
    assert.equal(host.asked("cut").length, 0);
  });

  it("is worked by keys, by the button of the details, and undone", async () => {
    const { page, host, box } = await openGraph(view, canned);
    host.answers.cut = () => PREVIEW;
    await box("0x20").focus();
    await rows(page).filter({ hasText: ".parent" }).locator(".marks").click();
    await page.getByRole("button", { name: "Cut 3 references" }).click();
    await page.getByText(/^1 cut ·/).waitFor();
    assert.deepEqual((host.asked("cut").at(-1)!.params as { references: unknown }).references, [
      { from: "0x30", to: "0x20" },
    ]);
    await rows(page).filter({ hasText: ".child" }).focus();
    await page.keyboard.press("x");
    await page.getByText(/^2 cut ·/).waitFor();
    await page.keyboard.press("x");
    await page.getByText(/^1 cut ·/).waitFor();
    await page.keyboard.press("z");
    await page.getByText(/^2 cut ·/).waitFor();
    await page.keyboard.press("z");
    await page.keyboard.press("z");
    await eventually(async () => (await isCut(page).count()) === 0, "all is undone");
    assert.equal(await figures(page).textContent(), "");
  });

  it("can be cancelled and tried again, and tells what was refused", async () => {
    const { page, host } = await openGraph(view, canned);
    await rows(page).filter({ hasText: ".child" }).focus();
    await page.keyboard.press("x");
    const { id } = await host.question("cut");
    await page.locator(".graph-cut-busy").getByRole("button", { name: "Cancel" }).click();
    await eventually(() => host.received.some((m) => m.kind === "cancel" && m.id === id), "it is given up");
    await page.getByText("Working out what would be freed: cancelled.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    const again = await host.question("cut", 1);
    await host.tell({ kind: "refused", id: again.id, message: "No such reference.", advice: "Undo it." });
    await page.getByText("No such reference.").waitFor();
    host.answers.cut = () => ({ ...PREVIEW, now: nothing });
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText(/frees now 0 bytes/).waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
  });
});

describe("webview: where the mark of a cut stands", () => {
  // From (0, 0) to (0, 120), with its control points evenly spread.
  const line = [0, 0, 0, 40, 0, 80, 0, 120];

  it("is on the line, and off the label", () => {
    const [x, y] = markPlace(line, null);
    assert.equal(x, 0);
    assert.ok(y > 20 && y < 70, String(y));
    const [, off] = markPlace(line, { x: -20, y: y - 10, width: 40, height: 20 });
    assert.ok(Math.abs(off - y) > 10, `${off} is on the label around ${y}`);
  });

  it("is somewhere on the line where the label covers all of it", () => {
    assert.deepEqual(markPlace(line, { x: -20, y: -20, width: 40, height: 200 }), markPlace(line, null));
  });
});
