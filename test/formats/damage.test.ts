import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { seeded } from "../rig/seeded.js";
import { digest, flipped, outcomeOf, read, refusal } from "./damage.js";
import { realSnapshot } from "./realSnapshot.js";
import { smallSnapshot, snapshotBytes } from "./writeSnapshot.js";

const TRUNCATIONS = 20;
const FLIPS = 200;
const SEED = Number(process.env["OUROBOROS_SEED"] ?? 20260711);

describe("formats: damaged snapshots", () => {
  let real: Uint8Array;
  let whole: string;

  before(async () => {
    real = readFileSync(realSnapshot());
    whole = digest(await read(real));
  });

  it("gives the same answer to the same bytes", async () => {
    assert.equal(await outcomeOf(real), whole);
  });

  it(`refuses a snapshot that is cut off at ${TRUNCATIONS} places, and names an offset`, async () => {
    for (let i = 0; i < TRUNCATIONS; i++) {
      const length = Math.floor((real.length * i) / TRUNCATIONS);
      const error = await refusal(real.subarray(0, length));
      assert.equal(error.code, "truncated", `cut at ${length}`);
      assert.ok(error.offset !== undefined && error.offset <= length, `offset ${error.offset}, cut at ${length}`);
      if (length > 0) assert.match(error.message, new RegExp(`offset ${length}\\b`));
    }
  });

  it("refuses a snapshot that lacks one to thirty bytes at its end", async () => {
    for (let missing = 1; missing <= 30; missing++) {
      const error = await refusal(real.subarray(0, real.length - missing));
      assert.equal(error.code, "truncated", `${missing} bytes are missing`);
    }
  });

  it(`refuses a flipped bit or answers as before, at ${FLIPS} places of a real snapshot`, async () => {
    console.log(`      seed ${SEED} (OUROBOROS_SEED)`);
    const random = seeded(SEED);
    let refused = 0;
    for (let i = 0; i < FLIPS; i++) {
      const position = Math.floor(random() * real.length);
      const bit = Math.floor(random() * 8);
      const outcome = await outcomeOf(flipped(real, position, bit));
      if (outcome === "refused") refused++;
      else assert.equal(outcome, whole, `byte ${position}, bit ${bit}: another answer`);
    }
    console.log(`      ${refused} refused, ${FLIPS - refused} without harm`);
    assert.ok(refused > FLIPS / 2);
  });

  it("refuses a flipped bit in any member's name, in the directory as in the member's header", async () => {
    const bytes = snapshotBytes(smallSnapshot());
    for (let at = 0; at < bytes.length - 4; at++) {
      const signature = bytes.toString("latin1", at, at + 4);
      const name = { "PK\x03\x04": at + 30, "PK\x01\x02": at + 46 }[signature];
      if (name === undefined) continue;
      const error = await refusal(flipped(bytes, name, 0));
      assert.match(error.message, /another name|no meta\.json/);
    }
  });

  it("refuses a flipped bit or answers as before, throughout an archive's directory", async () => {
    const bytes = snapshotBytes(smallSnapshot());
    const expected = digest(await read(bytes));
    const random = seeded(SEED);
    let refused = 0;
    let harmless = 0;
    for (
      let position = bytes.indexOf("PK\x01\x02");
      position < bytes.length;
      position += 1 + Math.floor(random() * 4)
    ) {
      const bit = Math.floor(random() * 8);
      const outcome = await outcomeOf(flipped(bytes, position, bit));
      if (outcome === "refused") refused++;
      else {
        assert.equal(outcome, expected, `byte ${position}, bit ${bit}: another answer`);
        harmless++;
      }
    }
    console.log(`      ${refused} refused, ${harmless} without harm`);
    assert.ok(refused > 100 && harmless > 100);
  });
});
