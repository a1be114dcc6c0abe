import assert from "node:assert/strict";
import { renderMessage } from "../../src/detect/messages.js";
import { caches } from "../../src/session/queries/caches.js";
import { diff } from "../../src/session/queries/diff.js";
import { Series } from "../../src/session/Series.js";
import { pythons } from "../rig/pythons.js";
import { skip } from "../rig/skip.js";
import { buildSurplus, captureRounds, headersOf, inFolder } from "./growing.js";

const REQUESTS = 100;
const CALLS = 37;

async function seriesOf(python: Parameters<typeof captureRounds>[0], mode: string): Promise<Series> {
  return inFolder((folder) => Series.open(captureRounds(python, "service.py", folder, mode)));
}

describe("growth over snapshots of a real service", function () {
  for (const python of pythons()) {
    it(`CPython ${python.name}: a leak's container is on top, with its slope`, async () => {
      const series = await seriesOf(python, "leak");
      const { containers, types } = diff(series);
      const [top] = containers;
      assert.equal(top.name, "__main__.SERVICE.pages");
      assert.deepEqual(top.counts, [100, 200, 300, 400, 500]);
      assert.ok(Math.abs(top.slope - REQUESTS) <= REQUESTS * 0.01, String(top.slope));
      assert.ok(top.r2 > 0.999);
      assert.ok(types.every(({ bytesSlope }) => bytesSlope <= top.bytesSlope));
      const page = types.find(({ name }) => name === "__main__.Page")!;
      assert.equal(page.slope, REQUESTS);
      assert.equal(page.heldBy, "__main__.SERVICE.pages[…]");
      const errors = series.findings.filter(({ severity }) => severity === "error");
      assert.deepEqual(
        errors.map(({ rule }) => rule),
        ["unbounded-cache"],
      );
      assert.match(renderMessage(errors[0].title), /SERVICE\.pages holds 500 entries.*, and 100 more with each/);
      assert.deepEqual(errors[0].growth?.counts, [100, 200, 300, 400, 500]);
      const [first] = caches(series.last, series);
      assert.equal(first.name, "__main__.SERVICE.pages");
      assert.equal(first.growth?.grows, true);
    });
  }

  // What does not grow hardly depends on the version: the oldest, one in the middle, and the newest.
  const all = pythons();
  for (const python of new Set([all[0], all[all.length >> 1], all[all.length - 1]])) {
    it(`CPython ${python.name}: a steady service has none`, async () => {
      const series = await seriesOf(python, "steady");
      const { snapshots, notes, ...lists } = diff(series);
      assert.equal(snapshots.length, 5);
      assert.deepEqual(notes, []);
      for (const [sort, rows] of Object.entries(lists)) assert.deepEqual(rows, [], sort);
      const suspects = (findings: Series["findings"]) =>
        findings.filter(({ rule }) => rule === "unbounded-cache").map(({ severity }) => severity);
      assert.deepEqual(suspects(series.last.findings), ["warning"], "one snapshot alone makes it a suspect");
      assert.deepEqual(suspects(series.findings), ["info"], "five of them clear it");
    });

    it(`CPython ${python.name}: what is filled once and then stays is no leak`, async () => {
      const series = await seriesOf(python, "warm");
      const { containers } = diff(series);
      assert.deepEqual(containers, []);
      assert.ok(series.findings.every(({ severity }) => severity !== "error"));
    });
  }

  for (const [mode, name] of [
    ["local", "main(), local variable jobs"],
    ["nested", "__main__.SERVICE.sessions[…].log"],
  ] as const) {
    it(`names what grows: ${name}`, async () => {
      const series = await seriesOf(all[all.length - 1], mode);
      const [top] = diff(series).containers;
      assert.deepEqual(
        [top.name, top.slope, top.location?.name],
        [name, REQUESTS, mode === "local" ? "main" : "Session"],
      );
      // What the entries hold grows too, and is not told beside them.
      const errors = series.findings.filter(({ severity }) => severity === "error");
      assert.equal(errors.length, 1);
      assert.ok(renderMessage(errors[0].title).startsWith(`${name} holds 500 entries`), renderMessage(errors[0].title));
    });
  }

  it("tells of a type whose instances get larger", async () => {
    const { types } = diff(await seriesOf(all[all.length - 1], "text"));
    const [top] = types;
    assert.equal(top.name, "str");
    const bytes = REQUESTS * 1000;
    assert.ok(Math.abs(top.bytesSlope - bytes) < bytes * 0.02, String(top.bytesSlope));
  });

  it("puts snapshots in the order of their capture, whatever the order of their names", async () => {
    await inFolder(async (folder) => {
      const files = captureRounds(pythons().at(-1)!, "service.py", folder, "leak");
      const series = await Series.open([files[3], files[0], files[4], files[2], files[1]]);
      assert.equal(series.last.path, files[4]);
      assert.deepEqual(diff(series).containers[0].counts, [100, 200, 300, 400, 500]);
    });
  });

  it("of two snapshots it says that a third one would tell more", async () => {
    await inFolder(async (folder) => {
      const files = captureRounds(pythons().at(-1)!, "service.py", folder, "leak");
      const series = await Series.open(files.slice(0, 2));
      const found = series.findings.find(({ rule }) => rule === "unbounded-cache")!;
      assert.equal(found.severity, "warning");
      assert.match(renderMessage(found.why), /It grew from 100 to 200; a third snapshot would tell/);
    });
  });
});

describe("references that a C extension forgets", () => {
  const tested = pythons().filter(({ version: [major, minor] }) => major === 3 && minor >= 8);
  for (const python of tested) {
    it(`CPython ${python.name}: their number is exact, and none in the mended extension`, async function () {
      const headers = headersOf(python);
      if (headers === undefined) return skip(this, `CPython ${python.name} has no C headers here`);
      const surpluses: (readonly number[] | undefined)[] = [];
      for (const leak of [true, false]) {
        await inFolder(async (folder) => {
          buildSurplus(headers, folder, leak);
          const series = await Series.open(captureRounds(python, "surplus.py", folder));
          const row = diff(series, { all: true }).surpluses.find(({ name }) => name === "__main__.Job");
          surpluses.push(row?.counts);
          const found = series.findings.filter(({ rule }) => rule === "refcount-surplus");
          assert.deepEqual(
            found.filter(({ severity }) => severity === "error").map(({ count }) => count),
            leak ? [3 * CALLS] : [],
          );
        });
      }
      assert.deepEqual(surpluses, [[CALLS, 2 * CALLS, 3 * CALLS], undefined]);
    });
  }
});
