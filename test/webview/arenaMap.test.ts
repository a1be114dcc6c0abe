import assert from "node:assert/strict";
import {
  activeText,
  addressOf,
  answersOf,
  ARENA,
  BEFORE,
  BLOCKS,
  cell,
  cellTexts,
  COMPARED,
  HOLD,
  madeUp,
  madeUpArena,
  MAP,
  openArenas,
  PINS,
  POOLS_MAP,
} from "./arenaViews.js";
import { drawn, eventually, routeBecomes, selectedBecomes, tableRows, views } from "./harness.js";
import { goBack, tabTo } from "./keyboard.js";

describe("webview: the arena map", () => {
  const view = views();

  it("tells fills, changes and sizes of blocks apart without colour too", async () => {
    const { page } = await openArenas(view, answersOf(madeUp({ earlier: [BEFORE] })), { width: 1400 });
    await cell(page, POOLS_MAP, /blocks of/)
      .first()
      .waitFor();
    const shapes = (legend: string, of: string) =>
      page
        .getByRole("list", { name: legend })
        .locator(of)
        .evaluateAll((samples) =>
          samples.map((sample) => {
            const { backgroundImage, backgroundColor, borderStyle, clipPath } = getComputedStyle(sample);
            const bar = sample.querySelector<HTMLElement>(".bar, .gauge");
            const height = bar ? Math.round((bar.offsetHeight / sample.clientHeight) * 10) : 0;
            const colour = bar?.className === "bar" ? getComputedStyle(bar).backgroundColor : backgroundColor;
            return { shape: [backgroundImage, height, borderStyle, clipPath].join(" "), colour };
          }),
        );
    for (const [legend, of, count] of [
      ["Colours and patterns of arenas", ".cell-sample", 6],
      ["Colours and patterns of pools", ".cell-sample", 9],
      ["Marks of changes", ".change", 5],
    ] as const) {
      const found = await shapes(legend, of);
      assert.equal(found.length, count, legend);
      const unlike = new Set(found.map(({ shape }) => shape));
      assert.equal(unlike.size, count, `${legend}: ${JSON.stringify(found, null, 1)}`);
    }
    // The fuller, the lighter: a scale that is in order without hue.
    const colours = (await shapes("Colours and patterns of arenas", ".cell-sample")).slice(1);
    const lightness = colours.map(({ colour }) => {
      const [r, g, b] = colour.match(/\d+/g)!.map(Number);
      return 0.2126 * r ** 2.2 + 0.7152 * g ** 2.2 + 0.0722 * b ** 2.2;
    });
    assert.deepEqual(
      lightness,
      lightness.toSorted((a, b) => a - b),
    );
    // A cell has the look of its legend's entry.
    const bars = await page.locator(".main .cell-map").first().locator(".half .bar").count();
    assert.equal(bars, 4 + 8);
  });

  it("is walked through by keyboard, copied, and leads to what holds an arena", async () => {
    const host = await openArenas(view, answersOf(madeUp()), { width: 1400 });
    const { page, received } = host;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const box = page.getByRole("listbox", { name: MAP, exact: true });
    await box.focus();
    const at = async (key: string, position: number) => {
      await page.keyboard.press(key);
      await eventually(
        async () => (await activeText(page, MAP))?.startsWith(`arena ${addressOf(position)}:`) === true,
        `${key} leads to ${position}`,
      );
    };
    await at("Home", 0);
    await at("ArrowLeft", 0);
    await at("ArrowRight", 1);
    // All are in one row.
    await at("ArrowDown", 1);
    await at("ArrowUp", 1);
    await at("End", 7);
    await at("ArrowRight", 7);
    await at("PageUp", 0);
    for (let i = 1; i <= 2; i++) await at("ArrowRight", i);
    assert.equal(
      await activeText(page, MAP),
      `arena ${addressOf(2)}: 2 % in use, nearly empty, 2 of 64 pools, 18 objects hold it`,
    );
    await page.keyboard.press("Control+c");
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await eventually(
      async () => (await copied()) === [addressOf(2), Math.round(0.02 * ARENA), 20, 18].join("\t"),
      "the arena is copied",
    );
    const pane = page.getByRole("region", { name: `Arena ${addressOf(2)}` });
    await pane.getByText("The first 3 of 250 objects that must go for the arena to be released.").waitFor();
    await selectedBecomes(received, PINS[0].id);

    for (let i = 0; i < 2; i++) await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), POOLS_MAP);
    await page.keyboard.press("ArrowRight");
    await pane.getByText(/^Pool 0x7f0000204000: blocks of 48 bytes, 5 of 340 in use\.$/).waitFor();
    await page.getByRole("grid", { name: BLOCKS }).waitFor();
    assert.deepEqual(await tableRows(page, BLOCKS), [
      ["1", "app.Order 0x11", "app.Order", "the object"],
      ["8", "dict 0x12", "dict", "its table"],
    ]);
    await pane.getByText("3 blocks in use are of nothing that the snapshot has.").waitFor();
    await page.keyboard.press("End");
    await pane.getByText(/: never used\.$/).waitFor();
    await page.keyboard.press("Home");
    await pane.getByText(/: blocks of 16 bytes, /).waitFor();

    const grid = page.getByRole("grid", { name: HOLD });
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await pane.getByText("function app.main: structure, held by app.ORDERS[…]").waitFor();
    await page.keyboard.press("ArrowDown");
    await pane.getByText("app.Ring: garbage, held by nothing that has a name").waitFor();
    assert.equal(await pane.getByRole("button", { name: /^Go to source/ }).count(), 0);
    await page.keyboard.press("Home");
    await tabTo(page, "Why is this alive?");
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "graph", seed: { kind: "path", id: "0x11" } });
    await goBack(page, "Arenas");
    await pane.waitFor();
    await grid.focus();
    await tabTo(page, "Show graph");
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "graph", seed: { kind: "object", id: "0x11" } });
    await goBack(page, "Arenas");
    await pane.waitFor();
    await grid.focus();
    await tabTo(page, "Go to source: orders.py:7");
    await page.keyboard.press("Enter");
    assert.deepEqual((await host.says("source")).location, PINS[0].location);
    await grid.focus();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: "0x11" });
  });

  it("puts the emptiest first where that is wanted", async () => {
    const { page } = await openArenas(view, answersOf(madeUp()), { width: 1400 });
    await page.getByRole("button", { name: "Emptiest first" }).click();
    const order = [7, 3, 2, 4, 5, 6, 1, 0];
    await eventually(
      async () =>
        JSON.stringify((await cellTexts(page, MAP)).map((text) => /0x\w+/.exec(text)![0])) ===
        JSON.stringify(order.map(addressOf)),
      "the emptiest are first",
    );
    await page.getByRole("heading", { name: `Arena ${addressOf(3)}` }).waitFor();
    await page.getByRole("button", { name: "By address" }).click();
    await eventually(
      async () => (await cellTexts(page, MAP))[0].startsWith(`arena ${addressOf(0)}:`),
      "the first is first again",
    );
    await page.getByRole("heading", { name: `Arena ${addressOf(3)}` }).waitFor();
  });

  it("draws what is in sight of forty thousand arenas, and leads to each", async () => {
    const count = 40_000;
    const many = Array.from({ length: count }, (_, i) => madeUpArena(i, (i % 101) / 101));
    const { page } = await openArenas(view, answersOf(madeUp({ arenas: many })), { width: 1400 });
    await page.getByText(/^40,000 arenas of 1\.0 MB hold 41\.9 GB/).waitFor();
    const box = page.getByRole("listbox", { name: MAP, exact: true });
    await box.focus();
    await page.keyboard.press("End");
    await eventually(
      async () => (await activeText(page, MAP))?.startsWith(`arena ${addressOf(count - 1)}:`) === true,
      "the last is chosen",
    );
    await drawn(page);
    const cells = box.getByRole("option");
    assert.ok((await cells.count()) < 4000, `${await cells.count()} cells are drawn`);
    const last = box.getByRole("option", { selected: true });
    assert.deepEqual(
      [await last.getAttribute("aria-posinset"), await last.getAttribute("aria-setsize")],
      [String(count), String(count)],
    );
    const inSight = await last.evaluate((cell) => {
      const inner = cell.getBoundingClientRect();
      const outer = cell.closest("[role=listbox]")!.getBoundingClientRect();
      return inner.top >= outer.top && inner.bottom <= outer.bottom;
    });
    assert.ok(inSight, "the last is in sight");
    await page.getByRole("heading", { name: `Arena ${addressOf(count - 1)}` }).waitFor();
    await box.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    await eventually(
      async () => (await cellTexts(page, MAP)).some((text) => text.startsWith(`arena ${addressOf(count / 2)}:`)),
      "the middle is drawn when it is scrolled to",
    );
  });

  it("shows two snapshots side by side, with what was released, is new, emptier and fuller", async () => {
    const { page, received } = await openArenas(view, answersOf(madeUp({ earlier: [BEFORE] })), { width: 1400 });
    await page
      .getByText(
        "Of 4 arenas then, 3 are still held, 1 was released, 5 are new. Of those still held: 1 emptier, 1 fuller.",
      )
      .waitFor();
    const shown = await cellTexts(page, COMPARED);
    assert.deepEqual(
      shown.map((text) => text.slice(0, text.indexOf(":"))),
      ["same", "fuller", "emptier", "new", "new", "new", "new", "new", "released"],
    );
    assert.match(shown[2], /: arena 0x7f0000200000: 2 % in use, nearly empty, .*; 80 % in use then$/);
    assert.match(shown[8], /^released: arena 0x7f0000900000: 50 % in use, .*, then$/);
    const asked = () => received.filter((message) => message.kind === "ask" && message.question === "arena").length;
    await page.getByRole("grid", { name: HOLD }).waitFor();
    const before = asked();
    await cell(page, COMPARED, /^released/).click();
    const pane = page.getByRole("region", { name: `Arena ${addressOf(9)}` });
    await pane.getByText("It was released since: it went back to the system.").waitFor();
    assert.equal(asked(), before, "nothing is asked about an arena that is gone");
    await cell(page, COMPARED, /^new/).first().click();
    await page.getByText("it was not there", { exact: true }).waitFor();
    await page.getByRole("combobox", { name: /^Before and after/ }).selectOption("");
    assert.equal((await cellTexts(page, MAP)).length, 8);
    assert.equal(await page.getByText(/^Of 4 arenas then/).count(), 0);
  });

  it("leaves out an earlier snapshot without arenas, and leads to the comparison where there is none", async () => {
    const empty = { ...BEFORE, file: "/data/none.pyheapsnapshot", source: "none", arenas: [] } as const;
    const { page } = await openArenas(view, answersOf(madeUp({ earlier: [empty, BEFORE] })));
    const choices = page.getByRole("combobox", { name: /^Before and after/ }).locator("option");
    const names = await choices.allInnerTexts();
    assert.deepEqual(
      names.map((name) => name.split(",")[0]),
      ["this snapshot alone", "before.pyheapsnapshot"],
    );
    const other = await openArenas(view, answersOf(madeUp({ earlier: [empty] })));
    await other.page.getByText("The earlier snapshots don’t tell of arenas.").waitFor();
    await other.page.getByRole("listbox", { name: MAP, exact: true }).waitFor();
    const third = await openArenas(view, answersOf(madeUp()));
    await third.page.getByRole("main").getByRole("button", { name: "Compare" }).click();
    await routeBecomes(third.received, { view: "compare" });
  });

  it("compares with the latest once the chosen snapshot is no longer among them", async () => {
    const other = { ...BEFORE, file: "/data/oldest.pyheapsnapshot", capturedAt: "2026-03-04T04:00:00.000Z" };
    const host = await openArenas(view, answersOf(madeUp({ earlier: [other, BEFORE] })));
    const { page } = host;
    const choice = page.getByRole("combobox", { name: /^Before and after/ });
    await choice.selectOption(other.file);
    Object.assign(host.answers, answersOf(madeUp({ earlier: [BEFORE] })));
    await host.tell({ kind: "compared", files: [BEFORE.file], version: 1, canChoose: false });
    await eventually(async () => (await choice.inputValue()) === BEFORE.file, "the latest is chosen");
    await page.getByRole("listbox", { name: COMPARED, exact: true }).waitFor();
  });
});
