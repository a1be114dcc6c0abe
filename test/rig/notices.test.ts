import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { build } from "../cli/run.js";
import { notices, noticesPath } from "./notices.mjs";

describe("the third-party notices", () => {
  it("name what is bundled, with the licences (else: npm run notices)", () => {
    build();
    assert.equal(readFileSync(noticesPath, "utf8"), notices());
  });
});
