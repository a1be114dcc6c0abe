import assert from "node:assert/strict";
import { formatBytes, formatCount } from "../../src/detect/format.js";
import type { ObjectDetails } from "../../src/session/queries/object.js";
import { eventually, routeBecomes, type RealView, tableBegins, tableRows, views } from "./harness.js";

const REFERRERS = /^Referrers/;
const REFERENTS = /^Referents/;

const DETAILS: ObjectDetails = {
  id: "0x7",
  name: "dict",
  type: "dict",
  kind: "dict",
  self: 64,
  retained: 1234,
  dominator: null,
  distance: 1,
  refcount: 3,
  references: { inside: 2, outside: 1 },
  garbage: false,
  generation: 2,
  flags: ["tracked"],
  root: "",
  path: "app.CACHE",
  referrers: [],
  referrersTotal: 0,
  referents: [],
  referentsTotal: 0,
  weakrefs: [],
};

/** Shows an object and waits until it is there. */
async function show({ page, connection, snapshot }: RealView, id: string): Promise<ObjectDetails> {
  const details = await snapshot.ask("object", { id });
  connection.show({ view: "object", id });
  await page.getByRole("heading", { name: `${details.name} ${id}` }).waitFor();
  await page.getByRole("heading", { name: "Referents" }).waitFor();
  return details;
}

/** The id of the one object with a name. */
async function idOf({ snapshot }: RealView, text: string, name: string): Promise<string> {
  const { rows } = await snapshot.ask("search", { text, limit: 50 });
  const found = rows.find((row) => row.name === name);
  assert.ok(found, `${name} is found`);
  return found.id;
}

describe("webview: an object", () => {
  const view = views();

  const fact = async ({ page }: Pick<RealView, "page">, name: string) =>
    page
      .locator("dl.facts > div", { has: page.locator(`dt:text-is("${name}")`) })
      .locator("dd")
      .innerText();

  it("tells its size, its references and what keeps it alive", async () => {
    const real = await view.real();
    const details = await show(real, await idOf(real, "Page", "class __main__.Page"));
    assert.equal(await fact(real, "Retained size"), formatBytes(details.retained));
    assert.equal(await fact(real, "State"), "alive");
    const { inside, outside } = details.references;
    assert.ok(details.refcount! > 300 && outside !== null);
    assert.equal(inside + outside, details.refcount, "the count is explained");
    assert.equal(
      await fact(real, "References"),
      `${formatCount(details.refcount!)} references: ${inside} from the heap, ${outside} from outside`,
    );
    const alive = real.page.getByRole("region", { name: "What keeps it alive" });
    await alive.getByText("sys.modules['__main__'].Page", { exact: true }).first().waitFor();
    await real.page.getByRole("button", { name: "Copy the path" }).first().click();
    await eventually(() => real.copied.length > 0, "the path is copied");
    assert.deepEqual(real.copied, ["sys.modules['__main__'].Page"]);
    await real.page.getByRole("button", { name: "Go to source: leaky_service.py" }).click();
    await eventually(() => real.sources.length > 0, "the host is asked for the source");
    assert.deepEqual(real.sources, [details.location]);
    await real.page.getByRole("button", { name: "Why is this alive?" }).click();
    await routeBecomes(real.received, { view: "graph", seed: { kind: "path", id: details.id } });
  });

  it("lists its referrers and referents as the session says, the first hundred and all", async () => {
    const real = await view.real({ width: 1600 });
    const { page, snapshot, received } = real;
    const { id, referrers, referents } = await show(real, await idOf(real, "Page", "class __main__.Page"));
    const all = await snapshot.ask("object", { id, all: true });
    assert.equal(referrers.length, 100);
    assert.ok(all.referrers.length > 300 && all.referents.length === all.referentsTotal);
    const cells = (rows: ObjectDetails["referrers"]) =>
      rows.slice(0, 8).map(({ label, name, id: other, standing }) => [label, name, other, standing]);
    for (const [table, rows] of [
      [REFERRERS, referrers],
      [REFERENTS, referents],
    ] as const) {
      await tableBegins(
        page,
        table,
        2,
        rows.slice(0, 8).map((row) => row.id),
      );
      assert.deepEqual((await tableRows(page, table)).slice(0, 8), cells(rows));
    }
    await page.getByRole("heading", { name: `Referrers (${all.referrersTotal})` }).waitFor();
    await page.getByText(`The first 100 of ${all.referrersTotal}.`).waitFor();
    await page.getByRole("button", { name: "Show all" }).first().click();
    const grid = page.getByRole("grid", { name: REFERRERS });
    await eventually(
      async () => (await grid.getAttribute("aria-rowcount")) === String(all.referrersTotal + 1),
      "all referrers are listed",
    );
    await grid.focus();
    await page.keyboard.press("End");
    const last = all.referrers.at(-1)!;
    await eventually(
      async () => (await tableRows(page, REFERRERS)).at(-1)?.[2] === last.id,
      "the last row is in sight",
    );
    assert.deepEqual((await tableRows(page, REFERRERS)).at(-1), cells([last])[0]);
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: last.id });
    await page.getByRole("heading", { name: last.id }).waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("heading", { name: id }).waitFor();
  });

  it("shows garbage as such, with its way back to itself", async () => {
    const real = await view.real();
    const { page, snapshot } = real;
    const { examples } = await snapshot.ask("family", { family: 1 });
    const { garbage } = await show(real, examples[0].id);
    assert.ok(garbage);
    assert.match(await fact(real, "State"), /^garbage/);
    const holds = page.getByRole("region", { name: "What holds it" });
    const { cycle } = await snapshot.ask("why", { id: examples[0].id });
    await holds.getByText(`it refers to itself through ${cycle!.length - 1} references`).waitFor();
    const names = await holds.getByRole("list").first().getByRole("button").allInnerTexts();
    assert.deepEqual(
      names,
      cycle!.map(({ name }) => name),
    );
  });

  it("says that there is no object with an id", async () => {
    const { page, connection } = await view.real();
    connection.show({ view: "object", id: "0x1" });
    await page.getByRole("alert").getByText('no object has the id "0x1"').waitFor();
    assert.equal(await page.getByRole("grid").count(), 0);
  });

  it("says where a count never changes, or is unknown", async () => {
    const host = await view.canned();
    host.answers.why = ({ id }) => ({ id, name: "x", garbage: false, paths: [] });
    host.answers.object = ({ id }) => ({
      ...DETAILS,
      id,
      ...(id === "0x8" && { flags: ["immortal"], refcount: 4_294_967_295 }),
      ...(id === "0x9" && { refcount: null, references: { inside: 2, outside: null }, generation: null }),
    });
    await host.open();
    const told: Record<string, string> = {};
    for (const id of ["0x7", "0x8", "0x9"]) {
      await host.tell({ kind: "show", route: { view: "object", id } });
      await host.page.getByRole("heading", { name: id }).waitFor();
      told[id] = await fact(host, "References");
    }
    assert.deepEqual(told, {
      "0x7": "3 references: 2 from the heap, 1 from outside",
      "0x8": "immortal: the count never changes; 2 from the heap",
      "0x9": "unknown; 2 from the heap",
    });
    assert.equal(await fact(host, "Generation"), "unknown");
  });

  it("lists 100,000 referrers without drawing them", async () => {
    const host = await view.canned();
    const { page } = host;
    const many = Array.from({ length: 100_000 }, (_, i) => ({
      id: `0x${(i + 16).toString(16)}`,
      name: `name ${i}`,
      label: `[${i}]`,
      standing: "traversed",
    }));
    host.answers.why = ({ id }) => ({ id, name: "x", garbage: false, paths: [] });
    host.answers.object = ({ all }) => ({
      ...DETAILS,
      referrers: all === true ? many : many.slice(0, 100),
      referrersTotal: many.length,
    });
    await host.open();
    await host.tell({ kind: "show", route: { view: "object", id: "0x7" } });
    await page.getByText("The first 100 of 100,000.").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    const grid = page.getByRole("grid", { name: REFERRERS });
    await eventually(async () => (await grid.getAttribute("aria-rowcount")) === "100001", "all are listed");
    await grid.focus();
    await page.keyboard.press("End");
    await eventually(
      async () => (await tableRows(page, REFERRERS)).at(-1)?.[1] === "name 99999",
      "the last is in sight",
    );
    const rows = await page.locator("[role=row]").count();
    assert.ok(rows < 100, `${rows} rows are drawn`);
    assert.equal(await page.getByRole("button", { name: "Show all" }).count(), 0);
  });
});
