import assert from "node:assert/strict";
import { formatBytes, formatCount } from "../../src/detect/format.js";
import type { TaskGroupRow, ThreadsResult } from "../../src/session/queries/threads.js";
import { routeBecomes, tableBegins, tableRows, views } from "./harness.js";
import { goBack, tabFrom } from "./keyboard.js";
import { at, chooseList, LOCALS, NOTHING, openThreads, realThreads, TASKS } from "./threadViews.js";

const task = (row: Partial<TaskGroupRow> & Pick<TaskGroupRow, "objects">): TaskGroupRow => ({
  coroutine: null,
  state: null,
  stack: [],
  waitsFor: null,
  count: 1,
  bytes: 1,
  heldBy: null,
  objectsTotal: row.objects.length,
  ...row,
});
/** Tasks made up, with what differs in every column. */
const TASK_ROWS: readonly TaskGroupRow[] = [
  task({ objects: ["0x1"], count: 5, bytes: 9000 }),
  task({
    coroutine: "fetch",
    state: "pending",
    location: { file: "/srv/app/net.py", line: 8, name: "read" },
    stack: [
      { file: "/srv/app/net.py", line: 8, name: "read" },
      { file: "/srv/app/net.py", line: 30, name: "fetch" },
    ],
    waitsFor: "Future in Queue._getters",
    count: 70,
    bytes: 800,
    heldBy: "app.TASKS",
    objects: ["0x2", "0x3"],
    objectsTotal: 70,
  }),
  task({
    coroutine: "all_done",
    state: "done",
    definition: { file: "/srv/zoo.py", line: 2, name: "all_done" },
    count: 6,
    bytes: 70,
    heldBy: "zoo.DONE",
    objects: ["0x4"],
  }),
];

describe("webview: thread-locals and tasks", () => {
  const view = views();
  let result: ThreadsResult;

  before(async () => {
    result = await realThreads();
  });

  it("lists what is in thread-locals, and leads to it", async () => {
    const host = await openThreads(view, { ...result, threadLocalsTotal: 5000 }, { width: 1900 });
    const { page, received } = host;
    await chooseList(page, /^Thread-locals \(5,000\)/);
    const rows = result.threadLocals;
    assert.ok(rows.length >= 4);
    await page.getByText(`the first ${rows.length} of 5,000 attributes`).waitFor();
    await tableBegins(
      page,
      LOCALS,
      0,
      rows.map(({ holder, local }) => holder ?? local),
    );
    assert.deepEqual(
      (await tableRows(page, LOCALS)).map((row) => row.slice(1)),
      rows.map(({ attribute, objectName, retained, kept, location }) => [
        attribute,
        objectName,
        formatBytes(retained),
        kept ? "only here" : "elsewhere too",
        location ? at(location) : "",
      ]),
    );
    await page.getByText("Which thread, no snapshot tells.").waitFor();
    const i = rows.findIndex(({ holder }) => holder === "__main__.store");
    const row = rows[i];
    const grid = page.getByRole("grid", { name: LOCALS });
    await grid.focus();
    await page.keyboard.press("Home");
    for (let n = 0; n < i; n++) await page.keyboard.press("ArrowDown");
    const pane = page.getByRole("region", { name: "__main__.store.scratch" });
    await pane.getByText("by nothing but the thread-local object").waitFor();
    for (const [name, route] of [
      ["Show graph", { view: "graph", seed: { kind: "object", id: row.id } }],
      ["Why is this alive?", { view: "graph", seed: { kind: "path", id: row.id } }],
      [row.local, { view: "object", id: row.local }],
      [row.dict, { view: "object", id: row.dict }],
      [row.type, { view: "types", type: row.type }],
    ] as const) {
      await tabFrom(page, LOCALS, name);
      await page.keyboard.press("Enter");
      await routeBecomes(received, route);
      await goBack(page, "Threads");
      await pane.waitFor();
    }
    await tabFrom(page, LOCALS, `Go to source: ${at(row.location!)}`);
    await page.keyboard.press("Enter");
    assert.deepEqual((await host.says("source")).location, row.location);
    await grid.focus();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: row.id });
  });

  it("lists tasks with the lines that they wait at, each a link", async () => {
    const host = await openThreads(view, result, { width: 1900 });
    const { page, received } = host;
    const total = result.tasks.reduce((sum, { count }) => sum + count, 0);
    await chooseList(page, new RegExp(`^Tasks \\(${total}\\)$`));
    const rows = result.tasks;
    await tableBegins(
      page,
      TASKS,
      0,
      rows.map(({ coroutine }) => coroutine!),
    );
    assert.deepEqual(
      (await tableRows(page, TASKS)).map((row) => row.slice(1)),
      rows.map(({ state, count, location, waitsFor, bytes, heldBy }) => [
        state,
        formatCount(count),
        location ? at(location) : state === "pending" ? "unknown" : "",
        waitsFor ?? (state === "pending" ? "unknown" : ""),
        formatBytes(bytes),
        heldBy ?? "unknown",
      ]),
    );
    await page.getByRole("textbox", { name: /^Filter/ }).fill("courier.ANSWERS");
    await page.getByText(`1 of ${rows.length} groups`).waitFor();
    const row = rows.find(({ waitsFor }) => waitsFor === "Future in Courier.answers")!;
    const pane = page.getByRole("region", { name: "Courier.deliver" });
    await pane.getByText(row.waitsFor!, { exact: true }).waitFor();
    const steps = pane.locator("ol").getByRole("listitem");
    assert.deepEqual(
      await steps.allInnerTexts(),
      row.stack.map((place) => `${place.name} ${at(place)}`),
    );
    assert.ok(row.stack.length >= 2);
    for (const [i, place] of row.stack.entries()) {
      const from = received.length;
      await steps.nth(i).getByRole("button").focus();
      await page.keyboard.press("Enter");
      assert.deepEqual((await host.says("source", from)).location, place);
    }
    assert.deepEqual(await pane.locator("ul").getByRole("listitem").allInnerTexts(), row.objects);
    for (const [name, route] of [
      ["Show graph", { view: "graph", seed: { kind: "object", id: row.objects[0] } }],
      ["Why is this alive?", { view: "graph", seed: { kind: "path", id: row.objects[0] } }],
      [row.objects[1], { view: "object", id: row.objects[1] }],
    ] as const) {
      await tabFrom(page, TASKS, name);
      await page.keyboard.press("Enter");
      await routeBecomes(received, route);
      await goBack(page, "Threads");
      await pane.waitFor();
    }
    await tabFrom(page, TASKS, `Go to source: ${at(row.location!)}`);
    const from = received.length;
    await page.keyboard.press("Enter");
    assert.deepEqual((await host.says("source", from)).location, row.location);
  });

  it("sorts the tasks by each column, and says what is unknown of them", async () => {
    const { page } = await openThreads(view, { ...NOTHING, tasks: TASK_ROWS }, { width: 1900 });
    await chooseList(page, /^Tasks \(81\)$/);
    for (const [title, wanted] of [
      ["Coroutine", ["all_done", "fetch", "unknown"]],
      ["State", ["all_done", "fetch", "unknown"]],
      ["Count", ["fetch", "all_done", "unknown"]],
      ["Waits at", ["all_done", "fetch", "unknown"]],
      ["Waits for", ["all_done", "fetch", "unknown"]],
      ["Bytes", ["unknown", "fetch", "all_done"]],
      ["Held by", ["fetch", "unknown", "all_done"]],
    ] as const) {
      await page.getByRole("columnheader", { name: title, exact: true }).getByRole("button").click();
      await tableBegins(page, TASKS, 0, wanted);
    }
    const facts = (name: string) => page.getByRole("region", { name }).locator("dd").allInnerTexts();
    await page.getByRole("region", { name: "Unknown coroutine" }).waitFor();
    assert.deepEqual(
      (await facts("Unknown coroutine")).filter((fact) => /unknown/.test(fact)),
      ["unknown", "unknown, or nothing", "unknown: by nothing that has a name", "unknown"],
    );
    await page.getByText("Unknown: it may not have started, or runs.").waitFor();
    await page.getByRole("gridcell", { name: "all_done" }).click();
    const done = page.getByRole("region", { name: "all_done" });
    await done.getByText("Nothing: it has ended.").waitFor();
    // Where it waits is not known: its definition is the next best.
    await done.getByRole("button", { name: "Go to source: zoo.py:2" }).waitFor();
    await page.getByRole("gridcell", { name: "fetch" }).click();
    await page.getByText("… and 68 more").waitFor();
  });
});
