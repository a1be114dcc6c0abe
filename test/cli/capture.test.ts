import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openHeap } from "../../src/session/open.js";
import { firstPython3, temporaryFolder } from "../formats/realSnapshot.js";
import { skip } from "../rig/skip.js";
import { build, ouroboros } from "./run.js";

const PROGRAM = `
import os, sys
sys.stdout.write(repr(sys.argv[1:]) + "\\n")
if "--kill" in sys.argv:
    sys.stdout.flush()
    os.kill(os.getpid(), 9)
sys.exit(7)
`;

describe("cli: capture", () => {
  let folder: string;
  let script: string;

  before(() => {
    build();
    folder = join(temporaryFolder(), "capture");
    mkdirSync(folder);
    script = join(folder, "program.py");
    writeFileSync(script, PROGRAM);
  });

  const capture = (options: readonly string[], program: readonly string[]) =>
    ouroboros(["capture", "--python", firstPython3().path, ...options, ...program], { PYTHONPATH: folder });

  it("passes on the program's arguments, output and exit code, and writes a snapshot", async () => {
    const out = join(folder, "a.pyheapsnapshot");
    const args = ["--json", "-o", "x", "a b", "--help", "--", "-m"];
    const { code, stdout, stderr } = await capture(["-o", out], [script, ...args]);
    assert.equal(code, 7, stderr);
    assert.equal(stdout.trimEnd(), "['--json', '-o', 'x', 'a b', '--help', '--', '-m']");
    const info = await ouroboros(["info", out, "--json"]);
    assert.equal(info.code, 0, info.stderr);
    const { argv, version } = JSON.parse(info.stdout) as { argv: string[]; version: string };
    assert.deepEqual(argv, [script, ...args]);
    assert.equal(version, firstPython3().name);
  });

  it("runs a module with -m", async () => {
    const out = join(folder, "m.pyheapsnapshot");
    const { code, stdout, stderr } = await capture(["-o", out], ["-m", "program", "--version"]);
    assert.equal(code, 7, stderr);
    assert.equal(stdout.trimEnd(), "['--version']");
    assert.ok(existsSync(out));
  });

  it("with --json prints one document, and the program's output on stderr", async () => {
    const out = join(folder, "json.pyheapsnapshot");
    const { code, stdout, stderr } = await capture(["--json", "-o", out], [script, "x"]);
    assert.equal(code, 7);
    assert.deepEqual(JSON.parse(stdout), { file: out, exitCode: 7 });
    assert.match(stderr, /^\['x'\]$/m);
  });

  it("ends with 128 and the signal where one ended the program, and says that there is no snapshot", async function () {
    if (process.platform === "win32") skip(this, "Windows has no signals");
    const out = join(folder, "killed.pyheapsnapshot");
    const { code, stdout } = await capture(["--json", "-o", out], [script, "--kill"]);
    assert.equal(code, 137);
    assert.deepEqual(JSON.parse(stdout), { file: null, exitCode: 137 });
  });

  it("refuses a wrong --python with exit code 2 and says what to do", async () => {
    for (const [python, message] of [
      [join(folder, "nowhere"), /no Python found.*--python PATH/],
      [folder, /can't run/],
    ] as const) {
      const { code, stdout, stderr } = await ouroboros(["capture", "--python", python, script]);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, message);
      assert.ok(stderr.includes(python));
      assert.doesNotMatch(stderr, /^\s+at /m);
    }
  });

  it("refuses --at-exit together with --on-signal", async () => {
    const { code, stderr } = await capture(["--at-exit", "--on-signal", "USR2"], [script]);
    assert.equal(code, 2);
    assert.match(stderr, /exclude each other/);
  });

  it("leaves out text values with --redact, and only then", async () => {
    const out = join(folder, "redacted.pyheapsnapshot");
    const teller = join(folder, "teller.py");
    writeFileSync(teller, 'KEPT = ["s3cret " + str(n) for n in range(3)]\n');
    for (const redact of [true, false]) {
      const { code, stderr } = await capture([...(redact ? ["--redact"] : []), "-o", out], [teller]);
      assert.equal(code, 0, stderr);
      const graph = await openHeap(out);
      const texts = Array.from({ length: graph.strings.count }, (_, i) => graph.string(i));
      assert.equal(texts.includes("s3cret 2"), !redact);
      assert.ok(texts.includes("KEPT"), "names stay");
      assert.equal(graph.info.redacted, redact);
      rmSync(out);
    }
  });
});
