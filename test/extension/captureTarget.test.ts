import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { findProgram, snapshotName } from "../../src/extension/captureTarget.js";

describe("what a capture runs and writes", () => {
  it("is named after the program and the time", () => {
    const time = new Date(2026, 2, 4, 5, 6, 7);
    assert.equal(snapshotName(join("srv", "my.app.py"), time), "my.app-20260304-050607.pyheapsnapshot");
  });

  it("is the first name found anywhere, then the next one", () => {
    const path = ["first", "", "second"].join(delimiter);
    const exist =
      (...there: string[]) =>
      (file: string) =>
        there.includes(file);
    const names = ["python3", "python"];
    const both = exist(join("first", "python"), join("second", "python3"));
    assert.equal(findProgram(names, path, both), join("second", "python3"));
    assert.equal(findProgram(names, path, exist(join("second", "python"))), join("second", "python"));
    assert.equal(findProgram(names, path, exist("python3")), undefined);
  });
});
