import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { realSnapshot, temporaryFolder } from "../formats/realSnapshot.js";
import { smallSnapshot, snapshotBytes, withColumn, withMeta, zipBytes } from "../formats/writeSnapshot.js";
import { skip } from "../rig/skip.js";
import { build, everyCommand, ouroboros, type Run } from "./run.js";

const CONTROLS = /[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/u;

/** Checks the contract for a file that can't be read: exit code 3 and a message that a person can use. */
function assertRefused({ code, stdout, stderr }: Run, shownFile: string, format: string, message: RegExp): void {
  assert.equal(code, 3, stderr);
  assert.equal(stdout, "");
  const lines = stderr.trimEnd().split("\n");
  assert.equal(lines.length, 2, stderr);
  assert.ok(lines[0].startsWith(`ouroboros: can't read ${shownFile} (format: ${format}`), lines[0]);
  assert.match(lines[0], message);
  assert.match(lines[1], /^[A-Z].{10,}\.$/);
  assert.doesNotMatch(stderr, CONTROLS);
  assert.doesNotMatch(stderr, /^\s+at |node:internal|\.ts:|\.js:/m);
}

describe("cli: files that can't be read", () => {
  let folder: string;

  before(() => {
    build();
    folder = join(temporaryFolder(), "bad");
    mkdirSync(folder);
  });

  function file(name: string, bytes: Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  const ZIP = "pyheapsnapshot";
  const png = Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1");
  const cases: [string, () => Uint8Array, string, RegExp][] = [
    ["empty", () => new Uint8Array(0), "unknown, at byte 0", /the file is empty/],
    ["text", () => Buffer.from("just text\n".repeat(100)), "unknown, at byte 0", /no heap snapshot/],
    ["png", () => png, "unknown, at byte 0", /no heap snapshot/],
    ["gz", () => gzipSync(snapshotBytes(smallSnapshot())), "unknown, at byte 0", /compressed with gzip/],
    ["zip", () => zipBytes([{ name: "readme", data: Buffer.from("x") }]), "unknown", /no meta\.json/],
    ["truncated", () => readFileSync(realSnapshot()).subarray(0, 50_000), `${ZIP}, at byte 50000`, /offset 50000/],
    ["flipped", () => readFileSync(realSnapshot()).fill(0xff, 300, 301), `${ZIP}, at byte 0`, /nodes\/id\.npy/],
    ["version", () => snapshotBytes(withMeta({ version: 2 })), ZIP, /format version 2/],
    [
      "bomb",
      () => snapshotBytes(smallSnapshot(), (m) => [{ ...m[0], size: 2 ** 31 }, ...m.slice(1)]),
      ZIP,
      /claims to hold/,
    ],
    [
      "nodes",
      () => snapshotBytes(withMeta({ nodes: { total: 2 ** 50, tracked: 11, counted: 11 } })),
      ZIP,
      /fewer objects/,
    ],
    ["index", () => snapshotBytes(withColumn("nodes/type", Array(19).fill(77))), ZIP, /unknown type/],
    [
      "hostile json",
      () =>
        snapshotBytes(smallSnapshot(), (m) => [
          { name: "meta.json", data: Buffer.from("\x1b[2J\n") },
          ...m.slice(0, -1),
        ]),
      ZIP,
      /valid JSON/,
    ],
    [
      "hostile column",
      () =>
        snapshotBytes(smallSnapshot(), (m) => [
          { ...m[0], data: Buffer.from(Buffer.from(m[0].data).toString("latin1").replace("<u8", "\x1b[2J"), "latin1") },
          ...m.slice(1),
        ]),
      ZIP,
      /nodes\/id/,
    ],
    ["hostile member", () => zipBytes([{ name: "a\x1b[2J\u202e", data: png, flags: 1 }]), ZIP, /is encrypted/],
  ];
  for (const [name, bytes, format, message] of cases) {
    it(name, async () => {
      const path = file(`${name}.pyheapsnapshot`, bytes());
      assertRefused(await ouroboros(["info", path]), path, format, message);
    });
  }

  it("a missing file", async () => {
    const path = join(folder, "nowhere");
    assertRefused(await ouroboros(["info", path]), path, "unknown", /there is no such file/);
  });

  it("a folder", async () => {
    assertRefused(await ouroboros(["info", folder]), folder, "unknown", /not a regular file/);
  });

  it("a pipe that nobody writes to", async function () {
    if (process.platform === "win32") skip(this, "Windows has no named pipes in folders");
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    assertRefused(await ouroboros(["info", path]), path, "unknown", /not a regular file/);
  });

  it("a file without permission", async function () {
    if (process.getuid?.() === 0) skip(this, "root may read every file");
    const path = file("secret", snapshotBytes(smallSnapshot()));
    chmodSync(path, 0);
    assertRefused(await ouroboros(["info", path]), path, "unknown", /can't be opened.*permission/);
  });

  it("a file whose name would repaint the terminal", async () => {
    const path = file("\x1b[2J\u202ename", new Uint8Array(0));
    const shown = join(folder, "\\u001b[2J\\u202ename");
    assertRefused(await ouroboros(["info", path]), shown, "unknown, at byte 0", /empty/);
  });

  it("is refused by every command alike, with --json too, wherever the options stand", async () => {
    const path = file("empty.pyheapsnapshot", new Uint8Array(0));
    for (const [command, ...args] of everyCommand("0x1000")) {
      const runs = [
        [command, path, ...args],
        [command, "--json", path, ...args],
      ];
      if (command === "retained") runs.push([command, "--top", "5", path]);
      for (const run of await Promise.all(runs.map((args) => ouroboros(args)))) {
        assertRefused(run, path, "unknown, at byte 0", /empty/);
      }
    }
  });
});
