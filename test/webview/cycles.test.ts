import assert from "node:assert/strict";
import { formatBytes, formatCount } from "../../src/detect/format.js";
import type { FamilyDetails, FamilySummary } from "../../src/session/queries/families.js";
import type { CannedHost } from "./CannedHost.js";
import {
  drawn,
  eventually,
  routeBecomes,
  selectedBecomes,
  type RealView,
  tableBegins,
  tableRows,
  views,
} from "./harness.js";

const TABLE = "Families of reference cycles";
const NAMES = ["Node", "cell", "alpha.Beta", "Alpha", "zeta", "_private", "dict"];

// Many equal values, so that rows that are equal must keep their order.
const FAMILIES: readonly FamilySummary[] = Array.from({ length: 300 }, (_, i) => ({
  family: i,
  name: `${NAMES[(i * 5) % NAMES.length]} #${String((i * 37) % 300)}`,
  count: (i * 17) % 23,
  objects: 2 + ((i * 29) % 31),
  bytes: (i * 7919) % 100_003,
  pinned: i % 3 === 0 ? 0 : (i * 104_729) % 50_021,
  garbage: i % 2 === 0,
  ...(i % 5 > 0 && { location: { file: `/srv/app/mod${i % 11}.py`, line: 1 + ((i * 13) % 90), name: "f" } }),
}));

const detailsOf = (family: FamilySummary): FamilyDetails => ({
  ...family,
  signature: "shape",
  examples: [],
  edges: [],
  edgesTotal: 0,
  cuts: [],
});

function place({ location }: FamilySummary): string {
  return location ? `${location.file.split("/").at(-1)}:${location.line}` : "";
}

/** What is sorted by, and what a cell shows. */
const COLUMNS: readonly {
  readonly title: string;
  readonly key: (family: FamilySummary) => string | number;
  readonly shown: (family: FamilySummary) => string;
}[] = [
  { title: "Cycle of", key: ({ name }) => name.toLowerCase(), shown: ({ name }) => name },
  {
    title: "State",
    key: ({ garbage }) => (garbage ? "garbage" : "alive"),
    shown: ({ garbage }) => (garbage ? "garbage" : "alive"),
  },
  { title: "Cycles", key: ({ count }) => count, shown: ({ count }) => formatCount(count) },
  { title: "Objects", key: ({ objects }) => objects, shown: ({ objects }) => formatCount(objects) },
  { title: "Bytes", key: ({ bytes }) => bytes, shown: ({ bytes }) => formatBytes(bytes) },
  { title: "Pinned", key: ({ pinned }) => pinned, shown: ({ pinned }) => formatBytes(pinned) },
  { title: "Source", key: place, shown: place },
];

function ordered(key: (family: FamilySummary) => string | number, descending: boolean): FamilySummary[] {
  const sign = descending ? -1 : 1;
  return [...FAMILIES].sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : a.family - b.family));
}

async function openCycles({ page }: RealView | CannedHost): Promise<void> {
  await page.getByRole("navigation").getByRole("button", { name: "Cycles" }).click();
  await page.getByRole("heading", { name: "Reference cycles" }).waitFor();
}

describe("webview: the cycles", () => {
  const view = views();

  it("sorts by each column, both ways, and keeps the order of what is equal", async () => {
    const host = await view.canned({ width: 1600 });
    const { page } = host;
    host.answers.families = () => ({ families: FAMILIES, total: 300, infrastructure: { sccs: 0, largest: 0 } });
    host.answers.family = ({ family }) => detailsOf(FAMILIES[family]);
    await host.open();
    await openCycles(host);
    const names = (families: readonly FamilySummary[]) => families.slice(0, 12).map(({ name }) => name);
    const top = async (column: number, wanted: readonly string[]) => {
      // The selected row stays in sight when the order changes; the beginning is looked at.
      await page.locator(".table").evaluate((table) => table.scrollTo(0, 0));
      await tableBegins(page, TABLE, column, wanted);
    };
    await top(0, names(FAMILIES));
    for (const [i, { title, key, shown }] of COLUMNS.entries()) {
      const header = page.getByRole("columnheader", { name: title, exact: true });
      const natural = typeof key(FAMILIES[0]) === "number";
      for (const descending of [natural, !natural]) {
        await header.getByRole("button").click();
        const wanted = ordered(key, descending);
        assert.equal(await header.getAttribute("aria-sort"), descending ? "descending" : "ascending", title);
        await top(0, names(wanted));
        await top(i, wanted.slice(0, 12).map(shown));
      }
    }
    assert.equal(await page.locator("[role=columnheader]:not([aria-sort=none])").count(), 1);
  });

  it("filters by name, by file and by state", async () => {
    const real = await view.real();
    const { page, snapshot } = real;
    await openCycles(real);
    const { families } = await snapshot.ask("families", {});
    const names = (fits: (family: FamilySummary) => boolean) => families.filter(fits).map(({ name }) => name);
    const shown = async () => (await tableRows(page, TABLE)).map(([name]) => name);
    const settles = async (wanted: readonly string[]) => {
      await eventually(async () => (await shown()).length === wanted.length, `${wanted.length} rows are left`);
      assert.deepEqual(await shown(), wanted);
    };
    await settles(names(() => true));
    const field = page.getByRole("textbox", { name: "Filter by name or file" });
    await field.fill("ITERENCODE");
    await settles(names(({ name }) => /iterencode/i.test(name)));
    await page.getByText(`1 of ${families.length} families`).waitFor();
    await field.fill("leaky_service.py");
    await settles(names(({ location }) => location !== undefined && /leaky_service\.py$/.test(location.file)));
    await field.press("Escape");
    await settles(names(() => true));
    await page.getByRole("button", { name: "Garbage" }).click();
    await settles(names(({ garbage }) => garbage));
    await page.getByRole("button", { name: "Alive", exact: true }).click();
    await settles(names(({ garbage }) => !garbage));
    assert.equal(await page.getByRole("button", { name: "Alive", exact: true }).getAttribute("aria-pressed"), "true");
    await field.fill("iterencode");
    await page.getByText("No cycle fits the filter.").waitFor();
    await page.getByRole("button", { name: "All", exact: true }).click();
    await settles(names(({ name }) => /iterencode/i.test(name)));
  });

  it("opens the graph by one click on the name, and tells all about the selected row", async () => {
    const real = await view.real({ width: 1400 });
    const { page, snapshot, received, sources } = real;
    await openCycles(real);
    const { families } = await snapshot.ask("families", {});
    for (const index of [1, 0]) {
      const family = families[index];
      const details = await snapshot.ask("family", { family: index });
      // Beside the name, which is a link.
      await page.getByRole("row", { name: family.name }).getByRole("gridcell").nth(2).click();
      const pane = page.getByRole("region", { name: family.name });
      await pane.getByRole("heading", { name: "Where to cut it" }).waitFor();
      assert.ok(details.cuts.length > 0);
      const cuts = await pane.locator(".cuts li").allInnerTexts();
      assert.deepEqual(
        cuts.map((text) => text.split("\n")[0]),
        details.cuts.map(({ idiom }) => idiom),
      );
      const references = pane.getByRole("table").getByRole("row");
      assert.equal(await references.count(), details.edges.length + 1);
      const [edge] = details.edges;
      assert.match(await references.nth(1).innerText(), new RegExp(`${edge.from}.*${edge.to}`, "s"));
      assert.equal(await page.locator(".table-row[aria-selected=true]").count(), 1);
      await selectedBecomes(received, details.examples[0].id);
      await pane.getByRole("button", { name: "Go to source" }).click();
      await eventually(() => sources.length > 0, "the host is asked for the source");
      assert.deepEqual(sources, [family.location]);
      (sources as unknown[]).length = 0;
    }
    await page.getByRole("button", { name: families[0].name }).click();
    await routeBecomes(received, { view: "graph", seed: { kind: "family", family: 0, cycle: 0 } });
    await page.getByRole("button", { name: "Back" }).click();
    await routeBecomes(received, { view: "cycles" });
    await page.getByText("200 of 300 cycles").click();
    await page.getByRole("button", { name: "Show the graph of cycle 3", exact: true }).click();
    await routeBecomes(received, { view: "graph", seed: { kind: "family", family: 0, cycle: 2 } });
  });

  it("asks nothing for rows that are run through", async () => {
    const host = await view.canned();
    const { page } = host;
    host.answers.families = () => ({ families: FAMILIES, total: 9000, infrastructure: { sccs: 0, largest: 0 } });
    host.answers.family = ({ family }) => detailsOf(FAMILIES[family]);
    await host.open();
    await openCycles(host);
    await page.getByText("300 largest of 9,000 families").waitFor();
    await host.question("family");
    const grid = page.getByRole("grid", { name: TABLE });
    await grid.focus();
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("ArrowDown");
      await page.clock.runFor(30);
    }
    await page.clock.runFor(1000);
    await page.clock.resume();
    await host.question("family", 1);
    await drawn(page);
    assert.deepEqual(
      host.asked("family").map(({ params }) => params),
      [{ family: 0 }, { family: 40 }],
    );
  });

  it("says that there are none, and what was left out", async () => {
    const host = await view.canned();
    host.answers.families = () => ({ families: [], total: 0, infrastructure: { sccs: 12, largest: 3456 } });
    await host.open();
    await openCycles(host);
    const text = await host.page.locator(".empty-state").innerText();
    assert.match(text, /There are no reference cycles outside the interpreter's own\./);
    assert.match(text, /12 groups .* the largest of 3,456 objects/);
  });
});
