import assert from "node:assert/strict";
import { findingsOf, interpretersOf, isAlarm, judge, type Program, programs } from "./corpus.js";

/** Of each rule the first program that one of the interpreters here can run: `npm run leaks` runs all on all. */
function chosen(): Program[] {
  const first = new Map<string, Program>();
  for (const program of programs()) {
    if (program.needs.length === 0 && interpretersOf(program).length > 0 && !first.has(program.rule)) {
      first.set(program.rule, program);
    }
  }
  return [...first.values()];
}

describe("leaking programs and their innocent twins", () => {
  for (const program of chosen()) {
    const python = interpretersOf(program).at(-1)!;
    it(`${program.name} on CPython ${python.name}: found and named, its twin is not`, async () => {
      const ofRule = async (variant: "leak" | "twin") =>
        (await findingsOf(program, variant, python)).filter((one) => one.rule === program.rule && isAlarm(one));
      const [leak, twin] = [await ofRule("leak"), await ofRule("twin")];
      assert.ok(
        leak.some((finding) => judge(program, finding).named),
        `found: ${leak.map(({ title }) => title).join("; ")}`,
      );
      assert.deepEqual(
        twin.map(({ title }) => title),
        [],
      );
    });
  }
});
