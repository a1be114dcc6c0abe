import assert from "node:assert/strict";
import { Answers } from "../../src/session/Answers.js";
import { caches } from "../../src/session/queries/caches.js";
import { comparison } from "../../src/session/queries/comparison.js";
import { diff } from "../../src/session/queries/diff.js";
import { Series } from "../../src/session/Series.js";
import { Session } from "../../src/session/Session.js";
import { captureRounds, inFolder } from "../detect/growing.js";
import { pythons } from "../rig/pythons.js";

const PAGES = "__main__.SERVICE.pages";

describe("a comparison as a view asks for it", () => {
  const rounds = (run: (files: string[]) => Promise<void>) =>
    inFolder((folder) => run(captureRounds(pythons().at(-1)!, "service.py", folder, "leak")));

  it("tells whether the open snapshot is the newest, whichever files it is compared with", () =>
    rounds(async (files) => {
      const answers = new Answers();
      await answers.open(files[4], {});
      const newest = await answers.answer("compareWith", { files: files.slice(0, 4) }, {});
      assert.equal(newest.newestIsOpen, true);
      assert.deepEqual(newest.containers[0].counts, [100, 200, 300, 400, 500]);
      const without = await answers.answer("compareWith", { files: [files[4], files[0]] }, {});
      assert.equal(without.newestIsOpen, true, "named twice it is still the open one");

      const earlier = new Answers();
      await earlier.open(files[2], {});
      const older = await earlier.answer("compareWith", { files: [files[0], files[1], files[3], files[4]] }, {});
      assert.equal(older.newestIsOpen, false);
      assert.deepEqual(older.containers, newest.containers);
    }));

  it("counts all that grows, also what is not listed", () =>
    rounds(async (files) => {
      const series = await Series.open(files);
      const { growing, newestIsOpen, ...rest } = comparison(series, series.last);
      assert.deepEqual(rest, diff(series));
      assert.equal(newestIsOpen, true);
      assert.deepEqual(growing, {
        containers: rest.containers.length,
        types: rest.types.length,
        families: 0,
        sites: 0,
        surpluses: 0,
      });
      assert.ok(growing.types > 0);
    }));

  it("lists caches of the open snapshot alone, with their growth up to the newest", () =>
    rounds(async (files) => {
      const open = await Session.open(files[0]);
      const series = await Series.open([...files]);
      const alone = new Map(caches(open).map((row) => [row.id, row]));
      const compared = caches(open, series);
      assert.ok(compared.length > 0);
      for (const { growth, ...row } of compared) assert.deepEqual(row, alone.get(row.id), JSON.stringify(growth));
      const pages = compared.find(({ name }) => name === PAGES)!;
      assert.equal(pages.entries, 100);
      assert.deepEqual(pages.growth?.counts, [100, 200, 300, 400, 500]);
    }));
});
