import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { formatBytes, formatCount } from "../../src/detect/format.js";
import { type Comparison, comparison } from "../../src/session/queries/comparison.js";
import { Series } from "../../src/session/Series.js";
import { captureRounds } from "../detect/growing.js";
import { pythons } from "../rig/pythons.js";
import type { CannedHost } from "./CannedHost.js";
import { madeUp, row } from "./comparisons.js";
import { drawn, routeBecomes, routes, tableBegins, tableRows, type ViewOptions, views } from "./harness.js";
import { goBack, tabFrom } from "./keyboard.js";
import { assertClean, THEMES } from "./themes.js";

const CONTAINERS = "Containers that grow";
const PAGES = "__main__.SERVICE.pages";

describe("webview: the comparison", () => {
  const view = views();
  let folder: string;
  let files: string[];
  let truth: Comparison;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-compare-"));
    files = captureRounds(pythons().at(-1)!, "service.py", folder, "leak");
    const series = await Series.open(files);
    truth = comparison(series, series.last);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function show(host: CannedHost): Promise<void> {
    await host.open();
    await host.page.getByRole("navigation").getByRole("button", { name: "Compare" }).click();
    await host.page.getByRole("heading", { name: "Compare", exact: true }).waitFor();
  }

  const choice = (canChoose: boolean, version = 1) =>
    ({ kind: "compared", files: ["a", "b"], version, canChoose }) as const;

  async function open(answer: Comparison, options: ViewOptions = {}): Promise<CannedHost> {
    const host = await view.canned(options);
    host.answers.compare = () => answer;
    await host.tell(choice(true));
    await show(host);
    await host.page.getByRole("grid", { name: "Snapshots" }).waitFor();
    return host;
  }

  it("says how to choose snapshots, by a button only where the host can ask for them", async () => {
    const host = await view.canned();
    const { page } = host;
    await show(host);
    await page.getByText("ouroboros open A B C").waitFor();
    const button = page.getByRole("button", { name: "Choose snapshots…" });
    assert.equal(await button.count(), 0);
    await host.tell({ kind: "compared", files: [], version: 0, canChoose: true });
    await button.waitFor();
    assert.equal(await page.getByText("ouroboros open A B C").count(), 0);
    await page.getByRole("heading", { name: "Compare", exact: true }).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await host.says("chooseCompared");
    assert.equal(host.asked("compare").length, 0, "there is nothing to compare yet");
    await host.tell(choice(true));
    assert.deepEqual((await host.question("compare")).params, { version: 1 });
  });

  it("asks anew after another choice, and takes no answer to the earlier one", async () => {
    const host = await view.canned();
    const { page } = host;
    await host.tell(choice(false));
    await show(host);
    const early = await host.question("compare");
    await host.tell(choice(false, 2));
    const late = await host.question("compare", 1);
    assert.deepEqual(late.params, { version: 2 });
    await host.tell({ kind: "answer", id: early.id, answer: madeUp({ containers: [row("app.EARLY", [1, 20, 30])] }) });
    await drawn(page);
    assert.equal(await page.getByText("app.EARLY").count(), 0);
    await host.tell({ kind: "answer", id: late.id, answer: madeUp({ containers: [row("app.LATE", [1, 20, 30])] }) });
    await page.getByRole("region", { name: "app.LATE" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Choose snapshots…" }).count(), 0);
  });

  it("lists the snapshots and what grows in them, as the analysis has it", async () => {
    const { page } = await open(truth, { width: 1900 });
    assert.deepEqual(
      (await tableRows(page, "Snapshots")).map(([no, , objects, bytes, file]) => [no, objects, bytes, file]),
      truth.snapshots.map(({ nodes, bytes, file }, i) => [
        String(i + 1),
        formatCount(nodes),
        formatBytes(bytes),
        `${basename(file)} ${folder}`,
      ]),
    );
    const heap = truth.snapshots.map(({ bytes }) => formatBytes(bytes)).join(", ");
    await page.getByRole("img", { name: `Bytes of the heap in 5 snapshots: ${heap}`, exact: true }).waitFor();
    assert.deepEqual(truth.containers[0].counts, [100, 200, 300, 400, 500]);
    await tableBegins(page, CONTAINERS, 0, [PAGES]);
    const [first] = await tableRows(page, CONTAINERS);
    assert.deepEqual(first.slice(1, 5), [
      "100 → 500",
      "+100",
      `+${formatBytes(truth.containers[0].bytesSlope)}`,
      " 1.00",
    ]);
    const pane = page.getByRole("region", { name: PAGES });
    await pane.getByRole("img", { name: "Entries in 5 snapshots: 100, 200, 300, 400, 500", exact: true }).waitFor();
    const cells = await pane.getByRole("table").locator("tbody tr").allInnerTexts();
    assert.deepEqual(
      cells.map((text) => text.split("\t").slice(1)),
      truth.containers[0].counts.map((count, i) => [formatCount(count), formatBytes(truth.containers[0].bytes[i])]),
    );
    for (const [title, sort] of [
      ["Containers", "containers"],
      ["Types", "types"],
      ["Reference cycles", "families"],
      ["Allocation sites", "sites"],
      ["Unexplained references", "surpluses"],
    ] as const) {
      const count = truth[sort].length;
      await page.getByRole("button", { name: `${title} (${count})`, exact: true }).click();
      if (count === 0) await page.getByText(/^No .* grows steadily over these 5 snapshots\./).waitFor();
      else {
        await tableBegins(
          page,
          `${title} that grow`,
          1,
          truth[sort].map(({ counts }) => `${formatCount(counts[0])} → ${formatCount(counts[4])}`),
        );
      }
    }
    assert.ok(truth.types.length > 1 && truth.sites.length === 0);
    await page.getByRole("button", { name: /^Allocation sites/ }).click();
    await page.getByText("takes a program that runs with tracemalloc").waitFor();
    await page
      .getByRole("main")
      .getByRole("button", { name: /^Types/ })
      .click();
    await page.getByRole("row", { name: /^__main__\.Page/ }).click();
    await page.getByText("__main__.SERVICE.pages[…], most of them").waitFor();
  });

  it("leads to the objects, by keyboard alone", async () => {
    const location = { file: "/srv/app.py", line: 12, name: "" };
    const answer = madeUp({
      containers: [row("app.ONE", [1, 2, 30]), row("app.TWO", [0, 10, 20], { id: "0x99", location })],
      types: [row("app.Type", [5, 6, 7])],
    });
    const host = await open(answer, { width: 1400 });
    const { page, received } = host;
    const grid = page.getByRole("grid", { name: CONTAINERS });
    await page.getByRole("region", { name: "app.ONE" }).waitFor();
    await grid.focus();
    await page.keyboard.press("End");
    const pane = page.getByRole("region", { name: "app.TWO" });
    await pane.getByText("0 → 20, +10 each time; the first snapshot has none").waitFor();
    await pane.getByText("0.99; a straight line has 1.00").waitFor();
    const enter = async (name: string) => {
      await tabFrom(page, CONTAINERS, name);
      await page.keyboard.press("Enter");
    };
    await enter("Go to source: app.py:12");
    assert.deepEqual((await host.says("source")).location, location);
    await enter("Show graph");
    await routeBecomes(received, { view: "graph", seed: { kind: "object", id: "0x99" } });
    await goBack(page, "Compare");
    await pane.waitFor();
    await enter("Why is this alive?");
    await routeBecomes(received, { view: "graph", seed: { kind: "path", id: "0x99" } });
    await goBack(page, "Compare");
    await pane.waitFor();
    await grid.focus();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: "0x99" });
    await goBack(page, "Compare");
    const types = page.getByRole("button", { name: "Types (1)" });
    await types.focus();
    await page.keyboard.press("Enter");
    assert.equal(await types.getAttribute("aria-pressed"), "true");
    await page.getByRole("region", { name: "app.Type" }).waitFor();
  });

  it("names the newest snapshot where that is not the open one, and leads to none of its objects", async () => {
    const location = { file: "/srv/app.py", line: 12, name: "" };
    const containers = [row("app.ONE", [1, 2, 30], { location })];
    const host = await open({ ...madeUp({ containers }), newestIsOpen: false, notes: ["Two processes."] });
    const { page, received } = host;
    await page.getByText(/newest of these snapshots is not the one that is open: open s2\.pyheapsnapshot to/).waitFor();
    await page.getByText("Two processes.").waitFor();
    const pane = page.getByRole("region", { name: "app.ONE" });
    await pane.getByRole("button", { name: "Go to source: app.py:12" }).waitFor();
    assert.equal(await pane.getByRole("button").count(), 1, "nothing but the source");
    assert.equal(await page.getByText("0x77").count(), 0);
    await page.getByRole("grid", { name: CONTAINERS }).focus();
    await page.keyboard.press("Enter");
    await drawn(page);
    assert.deepEqual(routes(received).at(-1), { view: "compare" });
    assert.ok(!received.some((message) => message.kind === "route" && message.selected !== null));
  });

  it("says plainly that nothing grows, and that one snapshot is none to compare with", async () => {
    const host = await open(madeUp({}, 4));
    const { page } = host;
    await page.getByText("Nothing grows steadily over these 4 snapshots.").waitFor();
    assert.equal(await page.getByRole("group", { name: "What grows" }).count(), 0);
    host.answers.compare = () => madeUp({}, 1);
    await host.tell(choice(true, 2));
    await page.getByText("Nothing but the open snapshot is chosen").waitFor();
  });

  it("draws what grows by its bytes alone, begins with the first list that has something, and counts all", async () => {
    const types = [row("str", [7, 7, 7], { bytes: [1000, 2000, 3000], slope: 0, bytesSlope: 1000 })];
    const answer = madeUp({ types });
    const host = await open({ ...answer, growing: { ...answer.growing, types: 1234 } });
    const { page } = host;
    await page.getByRole("button", { name: "Types (1,234)", pressed: true }).waitFor();
    await page.getByText("the first 1 of 1,234 types").waitFor();
    const pane = page.getByRole("region", { name: "str" });
    await pane.getByRole("img", { name: "Bytes in 3 snapshots: 1.0 kB, 2.0 kB, 3.0 kB", exact: true }).waitFor();
    assert.deepEqual((await tableRows(page, "Types that grow"))[0].slice(1, 4), ["7 → 7", "0", "+1.0 kB"]);
  });

  it("sorts and filters what grows", async () => {
    const containers = [
      row("app.B", [10, 20, 400], { r2: 0.81 }),
      row("app.A", [100, 500, 900], { r2: 0.99, location: { file: "/srv/late.py", line: 1, name: "" } }),
      row("app.C", [1, 2, 3], { r2: 0.9, bytesSlope: 1e6 }),
    ];
    const { page } = await open(madeUp({ containers }), { width: 1900 });
    for (const [title, names] of [
      ["Name", ["A", "B", "C"]],
      ["Entries", ["A", "B", "C"]],
      ["Each time", ["A", "B", "C"]],
      ["In bytes", ["C", "A", "B"]],
      ["r²", ["A", "C", "B"]],
    ] as const) {
      const heading = page.getByRole("grid", { name: CONTAINERS }).getByRole("columnheader", { name: title });
      await heading.getByRole("button").click();
      await tableBegins(
        page,
        CONTAINERS,
        0,
        names.map((name) => `app.${name}`),
      );
    }
    await page.getByRole("textbox", { name: /^Filter/ }).fill("LATE.PY");
    await page.getByText("1 of 3 containers").waitFor();
    assert.deepEqual(
      (await tableRows(page, CONTAINERS)).map(([name]) => name),
      ["app.A"],
    );
  });

  for (const [theme, options] of THEMES) {
    for (const width of [1200, 700]) {
      it(`is accessible and fits, ${theme}, ${width} px wide`, async () => {
        const counts = Array.from({ length: 40 }, (_, i) => 1_234_567_000 + i * 20_000_000);
        const many = madeUp(
          {
            containers: [row("app.MANY", counts)],
            types: [
              row(
                "app.T",
                counts.map((c) => c - counts[0]),
              ),
            ],
          },
          counts.length,
        );
        const host = await open({ ...many, newestIsOpen: false, notes: ["Two processes."] }, { ...options, width });
        const { page } = host;
        await page.getByRole("region", { name: "app.MANY" }).waitFor();
        await page.getByRole("grid", { name: CONTAINERS }).focus();
        await assertClean(page, "many snapshots");
        await page.getByRole("button", { name: /^Allocation sites/ }).click();
        await page.getByText("takes a program that runs with tracemalloc").waitFor();
        await assertClean(page, "an empty list");
        host.answers.compare = () => truth;
        await host.tell(choice(true, 2));
        await page.getByRole("button", { name: /^Containers/ }).click();
        await page.getByRole("region", { name: PAGES }).waitFor();
        await assertClean(page, "a leak");
        await host.tell({ kind: "compared", files: [], version: 3, canChoose: true });
        await page.getByRole("button", { name: "Choose snapshots…" }).waitFor();
        await assertClean(page, "nothing chosen");
      });
    }
  }
});
