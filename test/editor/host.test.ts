import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Fixture, openWindow } from "./fixture.js";
import { editor } from "./shared.js";

interface SuiteResult {
  readonly collected: number;
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly message: string }[];
}

describe("the extension inside a real extension host (code-server)", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });

  it("passes its suite", async () => {
    const { server, folder } = fixture;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolveEnd) => {
      end = resolveEnd;
    });
    const { context } = await openWindow(fixture, {
      options: { permissions: ["clipboard-read", "clipboard-write"] },
      payload: [
        ["extensionDevelopmentPath", server.remote(resolve("test/editor/driver"))],
        ["extensionTestsPath", server.remote(resolve("test/editor/suite/index.cjs"))],
        ["skipWelcome", "true"],
      ],
      functions: { codeAutomationLog: () => undefined, codeAutomationExit: () => end() },
    });
    await ended;
    const file = join(folder, "result.json");
    assert.ok(existsSync(file), "the extension host wrote its result");
    const { collected, passed, failed } = JSON.parse(readFileSync(file, "utf8")) as SuiteResult;
    assert.deepEqual(failed, []);
    assert.ok(collected > 0);
    assert.equal(passed.length, collected);
    await context.close();
  });
});
