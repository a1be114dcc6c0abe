import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Frame, Page } from "playwright-core";
import { formatBytes } from "../../src/detect/format.js";
import type { CutAnswer } from "../../src/session/queries/cut.js";
import { plural } from "../../src/webview/format.js";
import { type Fixture, openByKeyboard, openSnapshot, openWindow, runCommand, WAIT } from "./fixture.js";
import { tabTo } from "./keyboard.js";
import { editor } from "./shared.js";

const DEMO = "demo.pyheapsnapshot";
const FAMILY = /_make_iterencode\.<locals>\._iterencode/;
const MEMBERS = 9;
const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

interface SuggestedCut {
  readonly label: string;
  readonly idiom: string;
  readonly code: string;
}

/** What the command line tool says of the demo's snapshot. */
function tool({ server }: Fixture, command: string, ...options: readonly string[]): unknown {
  const args = [join("dist", "cli.js"), command, join(server.workspace, DEMO), ...options, "--json"];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 28 }));
}

/** Where the tool would cut the cycles of the json encoder. */
function suggestedCuts(fixture: Fixture): readonly SuggestedCut[] {
  const { families } = tool(fixture, "cycles") as { families: { cuts: SuggestedCut[] }[] };
  const cuts = families.map((family) => family.cuts).find(([first]) => first?.label === "closure:_iterencode");
  assert.ok(cuts, "the tool suggests cuts of the family");
  return cuts;
}

/** Waits until the view tells of its cuts what the command line tool says of the same references. */
async function tellsWhatTheToolSays(view: Frame, fixture: Fixture, count: number): Promise<CutAnswer> {
  const cut = view.locator(".arrow[data-cut][data-arrow]");
  await cut.nth(count - 1).waitFor({ timeout: WAIT });
  const arrows = await cut.evaluateAll((all) => all.map((arrow) => arrow.getAttribute("data-arrow")!));
  assert.equal(arrows.length, count);
  const ends = arrows.map((arrow) => arrow.split(">"));
  const said = tool(fixture, "cut", ...ends.flatMap(([from, to]) => ["--from", from, "--to", to])) as CutAnswer;
  const { freedNow, bytesNow, freedByCollection, bytesByCollection, garbageBefore } = said;
  const objects = freedByCollection.length - garbageBefore.objects;
  const bytes = formatBytes(bytesByCollection - garbageBefore.bytes);
  const more = objects === 0 ? "nothing more" : `${bytes} more (${plural(objects, "object")})`;
  const figures = [
    `${count} cut`,
    `frees now ${formatBytes(bytesNow)} (${plural(freedNow.length, "object")})`,
    `next collection ${more}`,
  ].join(" · ");
  await view.getByRole("status").filter({ hasText: figures }).waitFor({ timeout: WAIT });
  return said;
}

const fated = (view: Frame, fate: "now" | "collection") => view.locator(`[data-box][data-fate="${fate}"]`);
const none = { state: "detached", timeout: WAIT } as const;

/** Waits until nothing in the view speaks of a cut. */
async function showsNoCut(view: Frame): Promise<void> {
  await view.locator(".arrow[data-cut][data-arrow], [data-box][data-fate], [data-box] .fate-tag").first().waitFor(none);
  assert.equal(await view.locator(".cut-figures").textContent(), "");
}

/** Waits until each member of the cycle is said to die at once. */
async function wholeCycleDies(view: Frame): Promise<void> {
  await fated(view, "now")
    .nth(MEMBERS - 1)
    .waitFor({ timeout: WAIT });
  const members = view.locator("[data-box].in-cycle");
  const labels = await members.evaluateAll((all) => all.map((box) => box.getAttribute("aria-label")!));
  assert.equal(labels.length, MEMBERS);
  for (const label of labels) assert.match(label, /, dies\. in the cycle/);
}

/** That the list of what dies at once has the tool's order. */
async function listsDeaths(view: Frame, { freedNow }: CutAnswer): Promise<void> {
  const steps = view
    .locator(".cut-order ol")
    .first()
    .getByRole("listitem")
    .filter({ hasText: / dies, / });
  await steps.first().waitFor({ timeout: WAIT });
  const ids = await steps.evaluateAll((all) => all.map((step) => /0x[0-9a-f]+/.exec(step.textContent)![0]));
  assert.deepEqual(ids, freedNow.slice(0, ids.length));
}

/** Waits until the clipboard holds a text. */
async function clipboardHolds(page: Page, text: string): Promise<void> {
  const holds = async (wanted: string) => (await navigator.clipboard.readText()) === wanted;
  await page.waitForFunction(holds, text, { timeout: WAIT });
}

describe("cuts and weak references in a real VS Code (code-server in Chromium)", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });

  it("cuts a reference, takes it back, applies the suggested cuts and copies their fix, by mouse", async () => {
    const { page, context, misdeeds } = await openWindow(fixture, { options: CLIPBOARD });
    const view = await openSnapshot(page, DEMO);
    const [suggested] = suggestedCuts(fixture);
    await runCommand(page, "Ouroboros: Find Reference Cycles");
    await view.getByRole("button", { name: FAMILY }).first().click({ timeout: WAIT });
    await view
      .locator("[data-box]")
      .nth(MEMBERS - 1)
      .waitFor({ timeout: WAIT });

    await view.locator(".label[data-arrow]", { hasText: suggested.label }).first().click();
    await view.getByRole("group", { name: "Selected reference" }).getByRole("button", { name: "Cut" }).click();
    const one = await tellsWhatTheToolSays(view, fixture, 1);
    assert.ok(
      one.freedNow.length + one.freedByCollection.length > one.garbageBefore.objects,
      "the cut frees something",
    );
    await fated(view, "collection").first().waitFor({ timeout: WAIT });
    await page.keyboard.press("z");
    await showsNoCut(view);

    await view.getByRole("button", { name: "Suggest cut" }).click();
    const all = await tellsWhatTheToolSays(view, fixture, 3);
    await wholeCycleDies(view);
    await view.getByRole("button", { name: "Order of destruction" }).click();
    await listsDeaths(view, all);
    await view.getByRole("button", { name: `Copy fix for ${suggested.label}`, exact: true }).click();
    await clipboardHolds(page, `${suggested.idiom}\n\n${suggested.code}`);
    assert.deepEqual(misdeeds, { foreign: [], violations: [] });
    await context.close();
  });

  it("does the same by keyboard alone, and goes on to the weak references and back", async () => {
    const { page, context } = await openWindow(fixture, { options: CLIPBOARD });
    const view = await openByKeyboard(page, DEMO);
    const [suggested] = suggestedCuts(fixture);
    const shows = (heading: string) => view.locator("h1:focus", { hasText: heading }).waitFor({ timeout: WAIT });
    await runCommand(page, "Ouroboros: Find Reference Cycles");
    await shows("Reference cycles");
    await view.getByRole("row", { name: FAMILY, selected: true }).waitFor({ timeout: WAIT });
    await tabTo(page, view, "[role=grid]");
    await page.keyboard.press("Enter");
    await shows("Leak graph");
    await view
      .locator("[data-box]")
      .nth(MEMBERS - 1)
      .waitFor({ timeout: WAIT });

    await tabTo(page, view, "[role=grid] tbody tr");
    await tabTo(page, view, `tr:has([title="${suggested.label}"])`, "ArrowDown");
    await page.keyboard.press("x");
    await tellsWhatTheToolSays(view, fixture, 1);
    await page.keyboard.press("z");
    await showsNoCut(view);

    await tabTo(page, view, ".graph-suggest", "Shift+Tab");
    await page.keyboard.press("Enter");
    const all = await tellsWhatTheToolSays(view, fixture, 3);
    await wholeCycleDies(view);
    await tabTo(page, view, ".cut-bar [aria-expanded]");
    await page.keyboard.press("Space");
    await listsDeaths(view, all);
    await tabTo(page, view, '[aria-label^="Copy fix for"]');
    await page.keyboard.press("Enter");
    await clipboardHolds(page, `${suggested.idiom}\n\n${suggested.code}`);
    await page.keyboard.press("z");
    await showsNoCut(view);

    await page.keyboard.press("7");
    await shows("Weak references");
    const groups = view.getByRole("grid", { name: "Groups of weak references" });
    await groups.getByRole("row", { selected: true }).waitFor({ timeout: WAIT });
    const members = view.getByRole("grid", { name: "Weak references of the group" });
    const member = members.getByRole("row").nth(1);
    await member.waitFor({ timeout: WAIT });
    const id = /0x[0-9a-f]+/.exec(await member.innerText())![0];
    const listed = tool(fixture, "weakrefs", "--all") as { ids: string[]; infrastructure: boolean }[];
    assert.deepEqual(
      await groups.getAttribute("aria-rowcount"),
      String(listed.filter(({ infrastructure }) => !infrastructure).length + 1),
    );
    assert.ok(listed[0].ids.includes(id), `${id} is in the tool's first group`);
    await tabTo(page, view, '[aria-label="Weak references of the group"]');
    await page.keyboard.press("Enter");
    await view.locator("h1:focus").waitFor({ timeout: WAIT });
    await view.getByRole("heading", { name: /^Referents/ }).waitFor({ timeout: WAIT });
    await page.keyboard.press("Alt+ArrowLeft");
    await shows("Weak references");
    await page.keyboard.press("Alt+ArrowLeft");
    await shows("Leak graph");
    await showsNoCut(view);
    await context.close();
  });
});
