import assert from "node:assert/strict";
import { formatBytes } from "../../src/detect/format.js";
import type { ThreadRow, ThreadsResult } from "../../src/session/queries/threads.js";
import { routeBecomes, selectedBecomes, tableBegins, tableRows, views } from "./harness.js";
import { goBack, tabFrom } from "./keyboard.js";
import { assertClean, THEMES } from "./themes.js";
import { at, chooseList, LOCALS, NOTHING, openThreads, realThreads, TASKS, THREADS } from "./threadViews.js";

/** Threads of which little is known, and one with more functions than are listed. */
const UNKNOWN: readonly ThreadRow[] = [
  {
    id: null,
    node: "0x1",
    name: null,
    frames: [{ id: null, node: "0x2", function: null, locals: null, retained: 0 }],
    framesTotal: 1,
    retained: 5,
    locals: [],
  },
  {
    id: 77,
    node: "0x3",
    name: null,
    daemon: false,
    frames: Array.from({ length: 200 }, (_, i) => ({
      id: `0x1${i}`,
      node: `0x1${i}`,
      function: `recurse${i}`,
      location: { file: "/srv/app/deep.py", line: i + 1, name: "recurse" },
      locals: 0,
      retained: i,
    })),
    framesTotal: 950,
    retained: 9000,
    locals: [
      {
        id: "0x4",
        name: "rows",
        function: null,
        type: "list",
        objectName: "list of 3",
        retained: 88,
        kept: false,
      },
    ],
  },
  { id: 78, node: "0x5", name: "idle", frames: [], framesTotal: 0, retained: 0, locals: [] },
];

describe("webview: the threads", () => {
  const view = views();
  let result: ThreadsResult;

  before(async () => {
    result = await realThreads();
  });

  it("lists the threads with what they are in, and the stack and the variables of the chosen one", async () => {
    const host = await openThreads(view, result, { width: 1900, height: 1100 });
    const { page, received } = host;
    const rows = result.threads!;
    const own = ["read_orders", "write_invoices", "pack_parcels"];
    await tableBegins(
      page,
      THREADS,
      0,
      rows.map(({ name, id }) => name ?? `ident ${id}`),
    );
    assert.deepEqual(
      (await tableRows(page, THREADS)).map(([, ...cells]) => cells),
      rows.map(({ name, frames: [top], retained }) => [
        top.function,
        at(top.location!),
        own.includes(name!) || name === null ? "wait_for_end" : "<module>",
        formatBytes(retained),
      ]),
    );
    const row = rows.find(({ name }) => name === "pack_parcels")!;
    await page.getByRole("gridcell", { name: "pack_parcels" }).click();
    const pane = page.getByRole("region", { name: "pack_parcels" });
    for (const fact of [String(row.id), "yes", `${formatBytes(row.retained)} that nothing but its stack keeps`])
      await pane.getByText(fact, { exact: true }).waitFor();
    await tableBegins(
      page,
      "Stack of pack_parcels",
      0,
      row.frames.map((frame) => frame.function!),
    );
    assert.deepEqual(
      await tableRows(page, "Stack of pack_parcels"),
      row.frames.map(({ function: name, location, locals, retained }) => [
        name,
        at(location!),
        locals === null ? "unknown" : String(locals),
        formatBytes(retained),
      ]),
    );
    assert.deepEqual(
      await tableRows(page, "Variables of pack_parcels"),
      row.locals.map(({ name, function: where, objectName, retained, kept }) => [
        name,
        where,
        objectName,
        formatBytes(retained),
        kept ? "only here" : "elsewhere too",
      ]),
    );
    assert.equal(new Set(row.locals.map(({ kept }) => kept)).size, 2);

    await pane.getByRole("button", { name: "pack_parcels", exact: true }).click();
    const frame = row.frames.find((one) => one.function === "pack_parcels")!;
    await routeBecomes(received, { view: "object", id: frame.node });
    await goBack(page, "Threads");
    const from = received.length;
    await pane.getByRole("button", { name: at(frame.location!), exact: true }).click();
    assert.deepEqual((await host.says("source", from)).location, frame.location);
    const [largest] = row.locals;
    await pane.getByRole("button", { name: largest.objectName, exact: true }).first().click();
    await routeBecomes(received, { view: "object", id: largest.id });
  });

  it("leads from a thread to its frames, its variables and its lines by keyboard alone", async () => {
    const host = await openThreads(view, result, { width: 1400 });
    const { page, received } = host;
    const row = result.threads!.find(({ name }) => name === "pack_parcels")!;
    await page.getByRole("textbox", { name: /^Filter/ }).fill("PACK_");
    await page.getByText("1 of 5 threads").waitFor();
    const grid = page.getByRole("grid", { name: THREADS });
    const [stack, variables] = ["Stack of pack_parcels", "Variables of pack_parcels"];
    await tabFrom(page, THREADS, "Show graph");
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "graph", seed: { kind: "object", id: row.node } });
    await goBack(page, "Threads");
    await grid.focus();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: row.node });
    await goBack(page, "Threads");

    await page.getByRole("grid", { name: stack }).focus();
    for (const key of ["Home", "ArrowDown"]) await page.keyboard.press(key);
    await selectedBecomes(received, row.frames[1].node);
    await tabFrom(page, stack, `Go to source: ${at(row.frames[1].location!)}`);
    const from = received.length;
    await page.keyboard.press("Enter");
    assert.deepEqual((await host.says("source", from)).location, row.frames[1].location);
    await page.getByRole("grid", { name: stack }).focus();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: row.frames[1].node });
    await goBack(page, "Threads");

    await page.getByRole("grid", { name: variables }).focus();
    for (const key of ["Home", "ArrowDown"]) await page.keyboard.press(key);
    await tabFrom(page, variables, `Why is ${row.locals[1].name} alive?`);
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "graph", seed: { kind: "path", id: row.locals[1].id } });
    await goBack(page, "Threads");
    await page.getByRole("grid", { name: variables }).focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: row.locals.at(-1)!.id });
  });

  it("says what is unknown of threads", async () => {
    const { page } = await openThreads(view, { ...NOTHING, threads: UNKNOWN }, { width: 1900 });
    await tableBegins(page, THREADS, 0, ["unknown", "ident 77", "idle"]);
    assert.deepEqual(
      (await tableRows(page, THREADS)).map((row) => row.slice(1)),
      [
        ["unknown", "unknown", "", formatBytes(5)],
        ["recurse0", "deep.py:1", "recurse0", formatBytes(9000)],
        ["", "", "", formatBytes(0)],
      ],
    );
    const facts = (name: string) => page.getByRole("region", { name }).locator("dd").allInnerTexts();
    await page.getByRole("region", { name: "unknown" }).waitFor();
    assert.deepEqual((await facts("unknown")).slice(0, 4), ["unknown", "unknown", "unknown", "1 on its stack"]);
    assert.deepEqual(await tableRows(page, "Stack of unknown"), [["unknown", "unknown", "unknown", formatBytes(0)]]);
    assert.equal(await page.getByRole("button", { name: /^Go to source/ }).count(), 0);
    await page.getByText("None is known.").waitFor();

    await page.getByRole("gridcell", { name: "ident 77" }).click();
    await page.getByText("The innermost 200 of 950 functions.").waitFor();
    assert.deepEqual((await facts("ident 77")).slice(0, 4), ["unknown", "77", "no", "950 on its stack"]);
    const drawn = await tableRows(page, "Stack of ident 77");
    assert.ok(drawn.length < 60, `${drawn.length} rows are drawn`);
    assert.deepEqual(await tableRows(page, "Variables of ident 77"), [
      ["rows", "unknown", "list of 3", formatBytes(88), "elsewhere too"],
    ]);
    await page.getByRole("gridcell", { name: "idle" }).click();
    await page.getByText("It ran no code of Python.").waitFor();
  });

  it("sorts the threads by each column", async () => {
    const { page } = await openThreads(view, { ...NOTHING, threads: UNKNOWN }, { width: 1900 });
    for (const [title, wanted] of [
      ["Thread", ["ident 77", "idle", "unknown"]],
      ["Is in", ["idle", "ident 77", "unknown"]],
      ["At", ["idle", "ident 77", "unknown"]],
      ["Own code", ["unknown", "idle", "ident 77"]],
      ["Keeps", ["ident 77", "unknown", "idle"]],
    ] as const) {
      const threadsGrid = page.getByRole("grid", { name: THREADS });
      await threadsGrid.getByRole("columnheader", { name: title, exact: true }).getByRole("button").click();
      await tableBegins(page, THREADS, 0, wanted);
    }
  });

  it("tells apart that there is nothing and that nothing is told", async () => {
    const host = await openThreads(view, { ...NOTHING, threads: null });
    const { page } = host;
    await page.getByText("The snapshot does not tell of threads.").waitFor();
    assert.deepEqual(await page.getByRole("group", { name: "List" }).getByRole("button").allInnerTexts(), [
      "Threads",
      "Thread-locals (0)",
      "Tasks (0)",
    ]);
    await chooseList(page, /^Thread-locals/);
    await page.getByText("No thread has anything in a threading.local object.").waitFor();
    await chooseList(page, /^Tasks/);
    await page.getByText(/^No task of asyncio is alive/).waitFor();
    const other = await openThreads(view, NOTHING);
    await other.page.getByText("No thread was in the program’s code.").waitFor();
    await other.page.getByRole("button", { name: "Threads (0)" }).waitFor();
  });

  it("changes lists by keyboard, without losing the focus", async () => {
    const { page } = await openThreads(view, result);
    for (const [name, grid] of [
      [/^Tasks/, TASKS],
      [/^Thread-locals/, LOCALS],
      [/^Threads/, THREADS],
    ] as const) {
      const button = page.getByRole("group", { name: "List" }).getByRole("button", { name });
      await button.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("grid", { name: grid, exact: true }).waitFor();
      assert.ok(await button.evaluate((element) => element === document.activeElement));
      assert.equal(await button.getAttribute("aria-pressed"), "true");
    }
  });

  for (const [theme, options] of THEMES) {
    for (const width of [1200, 700]) {
      it(`is accessible and fits, ${theme}, ${width} px wide`, async () => {
        const { page } = await openThreads(view, result, { ...options, width });
        await page.getByRole("gridcell", { name: "pack_parcels" }).click();
        await page.getByRole("grid", { name: "Variables of pack_parcels" }).waitFor();
        await page.getByRole("grid", { name: THREADS }).focus();
        await assertClean(page, "threads");
        await chooseList(page, /^Thread-locals/);
        await page.getByRole("grid", { name: LOCALS }).focus();
        await assertClean(page, "thread-locals");
        await chooseList(page, /^Tasks/);
        await page.getByRole("grid", { name: TASKS }).focus();
        await page.locator("ol").waitFor();
        await assertClean(page, "tasks");
      });
    }
  }
});
