import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../formats/realSnapshot.js";
import { ARENAS, arenaSnapshot } from "../formats/arenaSnapshot.js";
import { addressOf, PLAIN, snapshotBytes, type Texts } from "../formats/writeSnapshot.js";
import { build, everyCommand, ouroboros } from "./run.js";

// All that can move a terminal's cursor, colour it, or turn the direction of the text.
const CONTROLS = /[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/u;
const HOSTILE = "\u001b[2J\u001b]0;title\u0007\n\r\u009b31m\u202e\u2066\u061c\u2028\u007f\b";

/** Ids of each object of the small snapshot that a command can be asked about. */
const OBJECTS = Array.from({ length: 19 }, (_, row) => `0x${addressOf(row).toString(16)}`);

describe("cli: hostile texts in a snapshot", () => {
  let plain: string;
  let hostile: string;

  before(() => {
    build();
    plain = join(temporaryFolder(), "plain.pyheapsnapshot");
    hostile = join(temporaryFolder(), "hostile.pyheapsnapshot");
    writeFileSync(plain, snapshotBytes(arenaSnapshot()));
    const texts = Object.fromEntries(Object.entries(PLAIN).map(([name, text]) => [name, text + HOSTILE]));
    writeFileSync(hostile, snapshotBytes(arenaSnapshot({}, {}, texts as unknown as Texts)));
  });

  const commands = [
    ...everyCommand(OBJECTS[1]).filter(([command]) => command !== "object" && command !== "why"),
    ...["report", "cycles", "types"].map((command) => [command, "--all"]),
    ["arenas", "--arena", String(ARENAS[0])],
  ];
  // Of a heap so small these tell numbers, or nothing.
  const TELL_NOTHING = new Set(["gc", "caches", "packages", "duplicates", "arenas"]);
  for (const [command, ...args] of commands) {
    it(`${[command, ...args].join(" ")} prints them escaped, line by line as it prints others`, async () => {
      const [ordinary, escaped] = await Promise.all(
        [plain, hostile].map((file) => ouroboros([command, file, ...args], { NO_COLOR: "1" })),
      );
      assert.deepEqual([ordinary.code, escaped.code], [0, 0], escaped.stderr);
      assert.doesNotMatch(escaped.stdout, CONTROLS);
      assert.equal(escaped.stdout.split("\n").length, ordinary.stdout.split("\n").length);
      if (!TELL_NOTHING.has([command, ...args].join(" ")))
        assert.match(escaped.stdout, /\\u001b/, "the texts are there");
    });
  }

  for (const command of ["object", "why"]) {
    it(`${command} prints them escaped, for objects of every sort`, async () => {
      for (let at = 0; at < OBJECTS.length; at += 2) {
        await Promise.all(
          OBJECTS.slice(at, at + 2).map(async (id) => {
            const { code, stdout, stderr } = await ouroboros([command, hostile, id], { NO_COLOR: "1" });
            assert.equal(code, 0, stderr);
            assert.doesNotMatch(stdout, CONTROLS, id);
          }),
        );
      }
    });
  }

  it("an id that would repaint the terminal is printed escaped", async () => {
    for (const command of ["object", "why"]) {
      const { code, stdout, stderr } = await ouroboros([command, plain, `0x1${HOSTILE.replaceAll("\0", "")}`]);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.doesNotMatch(stderr, CONTROLS);
    }
  });
});
