import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatCount } from "../../src/detect/format.js";
import { type WeakGroupRow, weakrefGroup } from "../../src/session/queries/weakrefs.js";
import { weakrefsOf } from "../../src/session/queries/weakrefsOf.js";
import { weakrefLists } from "../../src/session/queries/weakrefSuspects.js";
import type { Session } from "../../src/session/Session.js";
import { weakrefLab, type WeakrefTruth } from "../fidelity/weakrefs.js";
import { pythons } from "../rig/pythons.js";
import { applyAxe } from "./axe.js";
import type { CannedHost } from "./CannedHost.js";
import { drawn, eventually, routeBecomes, tableBegins, tableRows, type ViewOptions, views } from "./harness.js";
import { goBack } from "./keyboard.js";

const GROUPS = "Groups of weak references";
const PILES = "Containers with dead weak references";
const STALE = "Weak references that may be stale";
const hex = (address: number) => `0x${address.toString(16)}`;

/** Groups made up, so many that a table of them must be virtual. */
const MANY: readonly WeakGroupRow[] = Array.from({ length: 4000 }, (_, i) => ({
  group: i,
  type: "weakref.ReferenceType",
  referentType: i % 7 === 0 ? null : `app.Type${(i * 37) % 101}`,
  callback: i % 3 === 0 ? null : `callback${i % 11}`,
  holder: `module app.m${(i * 13) % 4000}[…]`,
  count: (i * 7919) % 1009,
  alive: 0,
  dead: 0,
  unknown: 0,
  garbage: 0,
  withCallback: 0,
  bytes: 72,
  infrastructure: false,
  ids: [`0x${(i + 1).toString(16)}`],
}));

describe("webview: the weak references", () => {
  const view = views();
  let folder: string;
  let session: Session;
  let truth: WeakrefTruth;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-weakrefs-"));
    ({ session, truth } = await weakrefLab(pythons().at(-1)!, folder));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The view on the weak references of weakrefs.py. */
  async function open(options: ViewOptions = {}): Promise<CannedHost> {
    const host = await view.canned(options);
    host.answers.weakrefs = () => weakrefLists(session);
    host.answers.weakrefGroup = ({ group }) => weakrefGroup(session, group);
    host.answers.weakrefsOf = ({ id }) => weakrefsOf(session, id);
    await host.open();
    await host.page.getByRole("navigation").getByRole("button", { name: "Weak references" }).click();
    await host.page.getByRole("heading", { name: "Weak references", exact: true }).waitFor();
    await host.page.getByRole("grid", { name: GROUPS }).waitFor();
    return host;
  }

  it("has groups in the analysis's order, sorts them, and draws of many only those in sight", async () => {
    const host = await view.canned();
    const { page } = host;
    host.answers.weakrefs = () => ({ groups: MANY, groupsTotal: 9000, piles: [], stale: [] });
    host.answers.weakrefGroup = ({ group }) => ({ ...weakrefGroup(session, 0), total: MANY[group].count });
    host.answers.weakrefsOf = () => weakrefsOf(session, hex(truth.victim));
    await host.open();
    await page.getByRole("navigation").getByRole("button", { name: "Weak references" }).click();
    await page.getByRole("grid", { name: GROUPS }).waitFor();
    await page.getByText("the first 4,000 of 9,000 groups").waitFor();
    const rows = await tableRows(page, GROUPS);
    assert.ok(rows.length > 10 && rows.length < 100, `${rows.length} rows are drawn`);
    assert.equal(rows[1][1], MANY[1].holder);
    await page.getByRole("columnheader", { name: "Count" }).getByRole("button").click();
    const counts = MANY.map(({ count }) => count).sort((a, b) => b - a);
    await page
      .locator(".table")
      .first()
      .evaluate((table) => table.scrollTo(0, 0));
    await tableBegins(page, GROUPS, 2, counts.slice(0, 10).map(formatCount));
  });

  it("says that there are none", async () => {
    const host = await view.canned();
    const { page } = host;
    host.answers.weakrefs = () => ({ groups: [], groupsTotal: 0, piles: [], stale: [] });
    await host.open();
    await page.getByRole("navigation").getByRole("button", { name: "Weak references" }).click();
    await page.getByText("There are no weak references.").waitFor();
    await page.getByRole("button", { name: /^Piles/ }).click();
    await page.getByText("No container holds 10 dead weak references or more.").waitFor();
    await page.getByRole("button", { name: /^Suspected/ }).click();
    await page.getByText("Nothing hints at weak references to re-used objects.").waitFor();
  });

  it("leaves out those of the interpreter until they are wanted", async () => {
    const { page } = await open();
    const { groups } = weakrefLists(session);
    const own = groups.filter(({ infrastructure }) => !infrastructure);
    await page.getByText(`${own.length} groups`, { exact: true }).waitFor();
    await page.getByRole("button", { name: "All", exact: true }).click();
    await page.getByText(`${groups.length} groups`, { exact: true }).waitFor();
  });

  it("filters groups, and shows what clearing an object's weak references sets off, by keyboard alone", async () => {
    const host = await open({ width: 1400 });
    const { page, received } = host;
    const { groups: all } = weakrefLists(session);
    const groups = all.filter(({ infrastructure }) => !infrastructure);
    assert.ok(groups.length < all.length);
    await page.getByRole("textbox", { name: /^Filter/ }).fill("MODULE __MAIN__.WATCHING[");
    const fitting = groups.filter(({ holder }) => holder === "module __main__.watching[…]");
    await page.getByText(`${fitting.length} of ${groups.length} groups`).waitFor();
    await tableBegins(
      page,
      GROUPS,
      1,
      fitting.map(({ holder }) => holder),
    );
    await page.getByRole("grid", { name: GROUPS }).focus();
    await page.keyboard.press("Home");
    const heading = page.getByRole("heading", { name: `If ${hex(truth.victim)} died` });
    await heading.waitFor();
    const { clears } = weakrefsOf(session, hex(truth.victim));
    const steps = page.getByRole("region", { name: `If ${hex(truth.victim)} died` }).getByRole("listitem");
    await eventually(async () => (await steps.count()) === clears.length, "all callbacks are listed");
    const texts = await steps.allInnerTexts();
    clears.forEach(({ weakref, what }, i) => assert.ok(texts[i].startsWith(`${weakref} ${what}`), texts[i]));
    await page.keyboard.press("Enter");
    const id = fitting[0].ids[0];
    await routeBecomes(received, { view: "graph", seed: { kind: "object", id } });
    await goBack(page, "Weak references");
    // What was filtered and selected is there again.
    await page.getByText(`${fitting.length} of ${groups.length} groups`).waitFor();
    await heading.waitFor();
  });

  it("goes to the source of callbacks, and to the objects", async () => {
    const host = await open({ width: 1400 });
    const { page, received } = host;
    await page.getByRole("textbox", { name: /^Filter/ }).fill("__main__.targets");
    const group = weakrefLists(session).groups.find(({ holder }) => holder === "module __main__.targets[…]")!;
    const pane = page.getByRole("region", { name: /^14 weakref.ReferenceType to __main__.Actor/ });
    await pane.getByRole("button", { name: /^Go to source/ }).click();
    assert.deepEqual((await host.says("source")).location, group.location);
    const from = received.length;
    await pane.getByRole("listitem").getByRole("button", { name: "weakrefs.py" }).first().click();
    assert.deepEqual((await host.says("source", from)).location, group.location);
    const { rows } = weakrefGroup(session, group.group);
    const members = page.getByRole("grid", { name: "Weak references of the group" });
    await members.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: `If ${rows[1].referent} died` }).waitFor();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: rows[1].referent });
  });

  it("lists piles of dead ones and what may be stale, with the evidence", async () => {
    const host = await open({ width: 1400 });
    const { page, received } = host;
    const { piles, stale } = weakrefLists(session);
    await page.getByRole("textbox", { name: /^Filter/ }).fill("");
    await page.getByRole("button", { name: "Piles of dead ones (4)" }).click();
    await tableBegins(
      page,
      PILES,
      0,
      piles.map(({ name }) => name),
    );
    await tableBegins(page, PILES, 2, ["1,000", "200", "150", "120"]);
    const pane = page.getByRole("region", { name: "module __main__.pile", exact: true });
    await pane.getByText("sys.modules['__main__'].pile", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Suspected stale (4)" }).click();
    await tableBegins(
      page,
      STALE,
      1,
      stale.map(({ name }) => name),
    );
    await page.getByText(stale[0].evidence).waitFor();
    const entries = await tableRows(page, "Weak references that are suspected");
    assert.deepEqual(
      entries.map(([, key, now]) => [key, now]),
      [
        ["'actor 7'", "'orc'"],
        ["'actor 8'", "'elf'"],
      ],
    );
    await page.getByRole("grid", { name: STALE }).focus();
    await page.keyboard.press("End");
    await page.getByText(stale.at(-1)!.evidence).waitFor();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: hex(truth.pool) });
  });

  for (const colorScheme of ["dark", "light"] as const) {
    for (const width of [1200, 700]) {
      it(`has no violation of accessibility and no sideways scrolling, ${colorScheme}, ${width} px wide`, async () => {
        const { page } = await open({ colorScheme, width });
        const check = async (what: string) => {
          await drawn(page);
          assert.deepEqual((await applyAxe(page)).violations, [], what);
          const wide = await page.evaluate(() =>
            [...document.querySelectorAll(".main, .pane, .split-view")].flatMap((part) =>
              part.scrollWidth > part.clientWidth
                ? [`${part.className}: ${part.scrollWidth} > ${part.clientWidth}`]
                : [],
            ),
          );
          assert.deepEqual(wide, [], what);
        };
        await page.getByRole("textbox", { name: /^Filter/ }).fill("watching[");
        await page.getByRole("heading", { name: /^If .* died/ }).waitFor();
        await page.getByRole("listitem").first().waitFor();
        await page.getByRole("grid", { name: GROUPS }).focus();
        await check("groups");
        await page.getByRole("textbox", { name: /^Filter/ }).fill("");
        await page.getByRole("button", { name: /^Piles/ }).click();
        await page.getByRole("grid", { name: PILES }).waitFor();
        await check("piles");
        await page.getByRole("button", { name: /^Suspected/ }).click();
        await page.getByRole("listitem").first().waitFor();
        await check("stale");
      });
    }
  }
});
