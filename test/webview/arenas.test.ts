import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatBytes, formatCount } from "../../src/detect/format.js";
import type { ArenasResult } from "../../src/session/queries/arenaRows.js";
import { arena, arenasWith, pool } from "../../src/session/queries/arenas.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder } from "../formats/realSnapshot.js";
import { pythons } from "../rig/pythons.js";
import { BLOCKS, cell, cellTexts, chooseList, COMPARED, HOLD, MAP, openArenas, POOLS_MAP } from "./arenaViews.js";
import type { CannedAnswers } from "./CannedHost.js";
import { tableBegins, tableRows, views } from "./harness.js";
import { assertClean, THEMES } from "./themes.js";

const SPARSE = join("test", "fixtures", "arenas", "sparse.py");
const MEGABYTES = 50;

describe("webview: the arenas of a real program", () => {
  const view = views();
  let folder: string;
  let answers: CannedAnswers;
  let result: ArenasResult;
  let session: Session;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-arenas-"));
    const [file, earlier] = ["after", "before"].map((name) => join(folder, `${name}.pyheapsnapshot`));
    execFileSync(pythons().at(-1)!.path, [SPARSE, String(MEGABYTES), file, earlier], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PYTHONPATH: agentFolder, PYTHONDONTWRITEBYTECODE: "1" },
    });
    session = await Session.open(file);
    result = await arenasWith(session, [earlier]);
    answers = {
      arenas: () => ({ ...result, earlier: [] }),
      arena: ({ address }) => arena(session, address),
      pool: ({ address }) => pool(session, address),
    };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("draws each arena in order of address, and says how full it is", async () => {
    const { page } = await openArenas(view, answers, { width: 1400 });
    await cell(page, MAP, /nearly empty/)
      .first()
      .waitFor();
    const shown = await cellTexts(page, MAP);
    assert.equal(shown.length, result.arenas.length);
    for (const [i, row] of result.arenas.entries()) {
      assert.ok(shown[i].startsWith(`arena ${row.address}: `), shown[i]);
      const pools = `${row.pools - row.freePools} of ${row.pools} pools`;
      assert.ok(shown[i].includes(pools), `${shown[i]} has ${pools}`);
      assert.equal(shown[i].includes("nearly empty"), row.nearlyEmpty, shown[i]);
    }
    const nearly = result.arenas.filter(({ nearlyEmpty }) => nearlyEmpty).length;
    assert.ok(nearly > result.arenas.length / 2, `${nearly} of ${result.arenas.length} arenas are nearly empty`);
    const held = formatBytes(result.arenas.length * result.allocator.arenaBytes);
    const used = formatBytes(result.totals.bytesInUse);
    await page.getByText(`${result.arenas.length} arenas of 1.0 MB hold ${held}; ${used} are in use`).waitFor();
    await page.getByText(`${nearly} are nearly empty, with at most 10 % in use.`).waitFor();
  });

  it("shows in the chosen arena what is in its pools and blocks, and what must go", async () => {
    const { page, received } = await openArenas(view, answers, { width: 1900, height: 1400 });
    // At first the one that goes most easily.
    const first = result.suggestion.steps[0].arenas[0];
    const details = arena(session, first);
    await page.getByRole("heading", { name: `Arena ${first}` }).waitFor();
    await cell(page, POOLS_MAP, /blocks of/)
      .first()
      .waitFor();
    const cells = await cellTexts(page, POOLS_MAP);
    assert.equal(cells.length, details.sizes.length);
    for (const [i, size] of details.sizes.entries()) {
      const what =
        size === 0
          ? /: (in no use|never used)$/
          : new RegExp(
              `: blocks of ${size} bytes, ${formatCount(details.used[i])} of ${formatCount(details.room[i])} in use$`,
            );
      assert.match(cells[i], what);
    }
    const pins = details.pins.map(({ name, type, blocks, bytes, heldBy, sort }) => [
      name,
      type,
      formatCount(blocks),
      formatBytes(bytes),
      heldBy ?? "nothing that has a name",
      sort,
    ]);
    assert.ok(pins.length > 0);
    assert.deepEqual(await tableRows(page, HOLD), pins);

    const i = details.sizes.findIndex((size) => size > 0);
    await cell(page, POOLS_MAP, /./).nth(i).click();
    await page.getByRole("grid", { name: BLOCKS }).waitFor();
    const asked = received.flatMap((message) =>
      message.kind === "ask" && message.question === "pool" ? [message.params.address] : [],
    );
    const inside = pool(session, asked[0]);
    assert.equal(inside.size, details.sizes[i], "the pool's address is right");
    assert.deepEqual(
      await tableRows(page, BLOCKS),
      inside.blocks.map(({ at, name, type, table }) => [
        formatCount(at + 1),
        name,
        type,
        table ? "its table" : "the object",
      ]),
    );
  });

  it("says what to let go of, and what each holder has", async () => {
    const { page } = await openArenas(view, answers, { width: 1900 });
    const { objects, bytes, steps } = result.suggestion;
    await chooseList(page, "What to let go of");
    await page
      .getByText(`If these ${objects} objects went, ${result.suggestion.arenas} arenas (${formatBytes(bytes)}) would`)
      .waitFor();
    await tableBegins(
      page,
      "Steps",
      3,
      steps.slice(0, 20).map(({ objectsSoFar }) => formatCount(objectsSoFar)),
    );
    await chooseList(page, "Who holds them");
    const kept = result.owners.find(({ name }) => name === "__main__.KEPT")!;
    await page.getByRole("textbox", { name: /^Filter/ }).fill("__main__.KEPT");
    await tableBegins(page, "Holders of nearly empty arenas", 2, [formatCount(kept.alone)]);
    const [row] = await tableRows(page, "Holders of nearly empty arenas");
    assert.deepEqual(row.slice(0, 5), [
      kept.name,
      ...[formatCount(kept.arenas), formatCount(kept.alone), formatBytes(kept.bytes), formatCount(kept.objects)],
    ]);
    await chooseList(page, "By size");
    await tableBegins(
      page,
      "Size classes",
      0,
      result.classes.slice(0, 10).map(({ size }) => ` ${size} bytes`),
    );
    await chooseList(page, "What if");
    const policies = page.getByRole("table", { name: "What each policy would release" });
    assert.deepEqual(
      await policies.locator("tbody tr td:nth-child(2)").allInnerTexts(),
      result.policies.map(({ held }) => formatCount(held)),
    );
  });

  it("is asked of the analysis with the snapshots that are compared with", async () => {
    const { page, snapshot, connection } = await view.real();
    await page.getByRole("navigation").getByRole("button", { name: "Arenas" }).click();
    const alone = await snapshot.ask("arenasWith", { files: [] });
    assert.ok(alone.arenas.length > 0);
    await cell(page, MAP, `arena ${alone.arenas[0].address}`).waitFor();
    assert.equal((await cellTexts(page, MAP)).length, alone.arenas.length);
    const copy = join(folder, "copy.pyheapsnapshot");
    copyFileSync(snapshot.file, copy);
    connection.compareWith([copy]);
    const count = alone.arenas.length;
    await page.getByText(`Of ${count} arenas then, ${count} are still held, 0 were released, 0 are new.`).waitFor();
    const shown = await cellTexts(page, COMPARED);
    assert.equal(shown.length, count);
    assert.ok(shown.every((text) => text.startsWith("same: ")));
  });

  for (const [theme, options] of THEMES) {
    for (const width of options.contrast === undefined ? [1400, 700] : [1400]) {
      it(`is accessible and fits, ${theme}, ${width} px wide`, async () => {
        const { page } = await openArenas(view, { ...answers, arenas: () => result }, { ...options, width });
        await cell(page, POOLS_MAP, /blocks of/)
          .first()
          .click();
        await page.getByRole("grid", { name: BLOCKS }).waitFor();
        await page.getByRole("grid", { name: HOLD }).waitFor();
        await assertClean(page, "map, compared");
        await page.getByRole("combobox", { name: /^Before and after/ }).selectOption("");
        await page.getByRole("listbox", { name: MAP, exact: true }).focus();
        await page.keyboard.press("ArrowRight");
        await assertClean(page, "map");
        for (const list of ["Who holds them", "What to let go of", "By size"]) {
          await chooseList(page, list);
          await page.getByRole("grid").first().focus();
          await assertClean(page, list);
        }
        await chooseList(page, "What if");
        await page.getByRole("table").waitFor();
        await assertClean(page, "what if");
      });
    }
  }
});
