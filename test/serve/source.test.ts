import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeSource } from "../../src/serve/source.js";

const unknown = { size: null, modified: null, isScript: true };

describe("serve: what is told of places in scripts", () => {
  let folder: string;
  let original: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-serve-"));
    original = join(folder, "store.ts");
    writeFileSync(original, "// one\nexport const two = 2;\n");
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is the line of the original, if its file is here", async () => {
    const location = { file: original, line: 2, column: 14, name: "two" };
    const recorded = { ...unknown, path: original, size: 29 };
    assert.equal(
      await describeSource(location, recorded),
      `Open in your editor: ${original}:2 (export const two = 2;)`,
    );
    const changed = await describeSource(location, { ...recorded, size: 1 });
    assert.match(changed, /has changed since/);
    const unmapped = await describeSource({ ...location, unmapped: "the source map of x is no JSON" }, recorded);
    assert.match(unmapped, /\. Not the original: the source map of x is no JSON$/);
  });

  it("is where it was made into, if its file is not here", async () => {
    const generated = { file: "/srv/app.js", line: 1, column: 4711 };
    const location = { file: "webpack://app/store.ts", line: 2, name: "two", generated };
    assert.equal(
      await describeSource(location, { ...unknown, path: location.file }),
      "webpack://app/store.ts:2 is not on this computer. It was made into /srv/app.js:1:4711.",
    );
  });

  it("is that there is no file, for what has none", async () => {
    const told = (file: string) => describeSource({ file, line: 1, name: "f" }, { ...unknown, path: file });
    assert.equal(
      await told("node:internal/timers"),
      "node:internal/timers is part of Node.js; there is no file to show.",
    );
    assert.match(await told("evalmachine.<anonymous>"), /^evalmachine\.<anonymous> has no file: its code/);
    assert.match(await told("<string>"), /^<string> has no file/);
    assert.equal(await told("https://x/a.js"), "https://x/a.js:1 is not on this computer.");
  });
});
