import assert from "node:assert/strict";
import { skip } from "../rig/skip.js";
import { type Fixture, startEditor, stopEditor } from "./fixture.js";
import { ensureChromium } from "./setup.mjs";

let started: Promise<Fixture> | undefined;

/** The one fixture of a test run, started by the first suite that needs it; a loud skip where it can't be. */
export async function editor(test: Mocha.Context): Promise<Fixture> {
  const path = ensureChromium();
  if (path === undefined) {
    assert.notEqual(process.env["CI"], "true", "CI must have a Chromium");
    skip(test, "no Chromium, Chrome or Edge was found; install one, or set CHROMIUM to its path");
  }
  if (process.platform !== "linux") skip(test, "code-server runs on Linux only");
  return (started ??= startEditor(path));
}

after(async () => {
  if (started) await stopEditor(await started);
});
