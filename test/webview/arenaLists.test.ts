import assert from "node:assert/strict";
import { activeText, addressOf, answersOf, ARENA, chooseList, madeUp, MAP, openArenas } from "./arenaViews.js";
import { drawn, routeBecomes, selectedBecomes, tableBegins, tableRows, views } from "./harness.js";
import { assertClean } from "./themes.js";

describe("webview: what to let go of", () => {
  const view = views();

  it("adds up the steps, lists their objects, and leads to the arenas in the map", async () => {
    const { page } = await openArenas(view, answersOf(madeUp()), { width: 1400 });
    await chooseList(page, "What to let go of");
    await page.getByText("If these 3 objects went, 3 arenas (3.1 MB) would be released.").waitFor();
    await page.getByText("At no step would fewer objects do.").waitFor();
    assert.deepEqual(await tableRows(page, "Steps"), [
      ["1", "app.Order 0x11 in app.ORDERS[…]", "2", "1", "2"],
      ["2", "app.Order 0x21 in app.ORDERS[…], and 1 more", "1", "3", "3"],
    ]);
    const first = page.getByRole("region", { name: "Step 1: 1 object, 2 arenas" });
    await first.waitFor();
    await page.getByRole("grid", { name: "Steps" }).focus();
    await page.keyboard.press("ArrowDown");
    const second = page.getByRole("region", { name: "Step 2: 2 objects, 1 arena" });
    await second.getByText("With the steps before: 3 objects, which empty 3 arenas (3.1 MB).").waitFor();
    assert.deepEqual(
      (await tableRows(page, "Objects of the step")).map(([name]) => name),
      ["app.Order 0x21", "app.Order 0x22"],
    );
    await second.getByRole("button", { name: addressOf(4) }).click();
    await page.getByRole("heading", { name: `Arena ${addressOf(4)}` }).waitFor();
    assert.match((await activeText(page, MAP))!, new RegExp(`^arena ${addressOf(4)}:`));
  });

  it("says what is not sure, not listed, and can't be released", async () => {
    const { suggestion } = madeUp();
    const greedy = {
      ...suggestion,
      ...{ objects: 900, arenas: 300, keptEmpty: 1, freeListsStay: true, bytes: 300 * ARENA },
      ...{ isBest: false, heldByStructure: 1, heldByUnexplained: 2 },
    };
    const { page } = await openArenas(view, answersOf(madeUp({ suggestion: greedy })));
    await chooseList(page, "What to let go of");
    for (const words of [
      /^If these 900 objects went, 300 arenas \(315 MB\) would be released\.$/,
      /They were found greedily, the arena that lacks fewest objects next: fewer might do\./,
      /CPython 2\.7 keeps up to 80 lists and 80 dicts on free lists for their next use: their arenas may stay\./,
      /One more would be empty, and goes back unless the interpreter keeps it in store\./,
      /1 nearly empty arena would stay: modules, classes, functions or what runs have objects in it\./,
      /2 nearly empty arenas would stay: no object explains some of their blocks\. Some may be free lists: capture/,
      /The first 2 steps are listed: 3 objects, 3 arenas\./,
    ])
      await page.getByText(words).waitFor();
    const none = { ...suggestion, steps: [], objects: 0, arenas: 0, bytes: 0, heldByStructure: 4 };
    const other = await openArenas(view, answersOf(madeUp({ suggestion: none })));
    await chooseList(other.page, "What to let go of");
    await other.page.getByText(/^Letting go of entries of containers would release no nearly empty arena\./).waitFor();
    await other.page.getByText(/4 nearly empty arenas would stay/).waitFor();
    assert.equal(await other.page.getByRole("grid").count(), 0);
    const unexplained = { ...none, heldByUnexplained: 1 };
    const third = await openArenas(view, answersOf(madeUp({ suggestion: unexplained })));
    await chooseList(third.page, "What to let go of");
    await third.page
      .getByText(
        /^1 nearly empty arena would stay: no object explains some of its blocks\. .* gc\.collect\(\), which empties them\.$/,
      )
      .waitFor();
    await third.page.getByText(/^Letting go of entries .* 4 nearly empty arenas would stay: /).waitFor();
  });

  it("promises nothing of an arena that the interpreter may keep", async () => {
    const [step] = madeUp().suggestion.steps;
    const kept = {
      ...madeUp().suggestion,
      steps: [{ ...step, arenas: step.arenas.slice(0, 1), arenasSoFar: 1 }],
      ...{ objects: 1, arenas: 0, keptEmpty: 1, bytes: 0 },
    };
    const { page } = await openArenas(view, answersOf(madeUp({ suggestion: kept })));
    await chooseList(page, "What to let go of");
    const words = "If this one object went, 1 arena would be empty, which the interpreter may keep in store.";
    await page.getByText(words, { exact: true }).waitFor();
    assert.equal(await page.getByText(/One more would be empty/).count(), 0);
  });

  it("offers a holder's graph only where the holder is an object", async () => {
    const { page, received } = await openArenas(view, answersOf(madeUp()), { width: 1400 });
    await chooseList(page, "Who holds them");
    const pane = page.getByRole("region", { name: "app.ORDERS" });
    await pane.getByText("2 of them nothing else holds").waitFor();
    await pane.getByRole("button", { name: "Show graph" }).waitFor();
    await selectedBecomes(received, "0x90");
    await page.getByRole("grid", { name: "Holders of nearly empty arenas" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("region", { name: "the interpreter" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Show graph" }).count(), 0);
    await selectedBecomes(received, null);
    const before = received.length;
    await page.keyboard.press("Enter");
    await drawn(page);
    assert.deepEqual(received.slice(before), []);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: "0x90" });
  });

  it("counts free blocks by their size, and sorts by their share", async () => {
    const { page } = await openArenas(view, answersOf(madeUp()), { width: 1400 });
    await chooseList(page, "By size");
    assert.deepEqual(await tableRows(page, "Size classes"), [
      [" 16 bytes", "4", "1,000", "16.0 kB", "3,000", "75 %"],
      [" 48 bytes", "3", "900", "43.2 kB", "100", "10 %"],
      [" 512 bytes", "1", "31", "15.9 kB", "0", "0 %"],
    ]);
    await page.getByRole("columnheader", { name: "Bytes in use" }).getByRole("button").click();
    await tableBegins(page, "Size classes", 0, [" 48 bytes", " 16 bytes", " 512 bytes"]);
  });
});

describe("webview: arenas that are not known", () => {
  const view = views();
  const { allocator } = madeUp();
  const nothing = { arenas: [], classes: [], owners: [], policies: [] };

  it("says how sure the map is", async () => {
    const estimate = { ...allocator, source: "estimate", problem: "there is no /proc here" } as const;
    const { suggestion } = madeUp();
    const unknown = { owners: [], ownersTotal: 0, policies: [], suggestion: { ...suggestion, steps: [] } };
    const guessed = await openArenas(view, answersOf(madeUp({ ...unknown, allocator: estimate })));
    await guessed.page.getByText(/^This is an estimate .* There is no \/proc here\.$/).waitFor();
    for (const list of ["Who holds them", "What to let go of", "What if"]) {
      await chooseList(guessed.page, list);
      await guessed.page.getByText(/^An estimate from addresses can’t tell this: /).waitFor();
      assert.equal(await guessed.page.getByRole("grid").or(guessed.page.getByRole("table")).count(), 0, list);
    }
    await assertClean(guessed.page, "estimate");
    await chooseList(guessed.page, "By size");
    await guessed.page.getByRole("grid", { name: "Size classes" }).waitFor();
    const debug = await openArenas(view, answersOf(madeUp({ allocator: { ...allocator, debug: true } })));
    await debug.page.getByText(/^The allocator’s debug hooks are on\./).waitFor();
    const sure = await openArenas(view, answersOf(madeUp()));
    await sure.page.getByRole("listbox", { name: MAP, exact: true }).waitFor();
    assert.equal(await sure.page.locator(".warning-line").count(), 0);
  });

  it("shows what speaks against the comparison", async () => {
    const notes = ["other.pyheapsnapshot is of another process", "left out, as it is later: later.pyheapsnapshot"];
    const { page } = await openArenas(view, answersOf(madeUp({ notes })));
    await page.getByText(notes[0]).waitFor();
    assert.deepEqual(
      (await page.locator(".warning-line").allInnerTexts()).map((words) => words.trim()),
      notes,
    );
  });

  for (const [name, words] of [
    ["malloc", /^This program ran without arenas/],
    ["mimalloc", /^This program ran with PYTHONMALLOC=mimalloc, which has no arenas\.$/],
    ["unknown", /^The snapshot does not tell/],
    ["pymalloc", /^The snapshot has no arenas\.$/],
  ] as const) {
    it(`says that there are none: ${name}`, async () => {
      const answer = madeUp({
        ...nothing,
        allocator: { ...allocator, allocator: name, source: "none", problem: "so" },
      });
      const { page } = await openArenas(view, answersOf(answer));
      await page.getByText(words).waitFor();
      await page.getByText("So.", { exact: true }).waitFor();
      assert.equal(await page.getByRole("listbox").count(), 0);
      await chooseList(page, "Who holds them");
      await page.getByText(words).waitFor();
      await assertClean(page, name);
    });
  }
});
