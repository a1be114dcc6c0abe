import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openHeap } from "../../src/session/open.js";
import { build, ouroboros } from "../cli/run.js";
import {
  captures,
  checkSnapshot,
  findNodes,
  folderWith,
  instances,
  KEPT,
  nodes,
  start,
  startCli,
  stopAll,
  until,
} from "./nodes.js";

const AGENT = join("src", "capture", "node", "ouroboros-capture.cjs");

/** Prints all that could be different under the agent. */
const TELL = `
console.log(JSON.stringify({
  args: process.argv.slice(2), execArgv: process.execArgv, own: Object.keys(process.env).filter((name) => name.startsWith("OUROBOROS")),
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]), keys: Object.keys(process),
  loaded: typeof require === "function" ? Object.keys(require.cache) : [],
}));
`;

/** Ways to end, for a CommonJS and for an ES module; the snapshot has to come with each. */
const ENDINGS: Readonly<Record<string, string>> = {
  "by itself": "",
  "by process.exit()": "process.exit(4); console.log('never');",
  "with process.exitCode": "process.exitCode = 5;",
  "with an exception": "throw new Error('thrown on purpose');",
  "with an unhandled rejection": "Promise.reject(new Error('rejected on purpose'));",
  "by process.exit() in a timer": "setTimeout(() => process.exit(6), 10);",
  "with an exit handler that calls process.exit()": "process.on('exit', () => process.exit(7));",
  "with an exit handler that throws": "process.on('exit', () => { throw 8; });",
  "with a listener of its own for exceptions":
    "process.on('uncaughtException', (error) => { console.error(error.message); process.exitCode = 9; }); throw new Error('caught');",
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd?: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { encoding: "utf8", ...(cwd && { cwd }) }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** Without our own lines, and without the agent's frame below a listener of `process`. */
function withoutOurs(text: string): string {
  return text.replace(/^ouroboros: .*\n|^ +at process\.emit \(.*ouroboros-capture\.cjs.*\n/gm, "");
}

describe("cli: capture --node", () => {
  before(async () => {
    build();
    await findNodes();
  });
  const folders: string[] = [];
  const folderOf = (files: Readonly<Record<string, string>>) => {
    folders.push(folderWith(files));
    return folders.at(-1)!;
  };
  afterEach(() => {
    stopAll();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  for (const node of nodes) {
    describe(node.name, () => {
      for (const script of ["app.cjs", "app.mjs"]) {
        it(`${script} gets its arguments, sees nothing of the agent, and ends as ever`, async () => {
          for (const [how, end] of Object.entries(ENDINGS)) {
            const folder = folderOf({ [script]: `${KEPT}${TELL}${end}` });
            const args = ["--no-warnings", join(folder, script), "--json", "-o", "a b", "--", "--node"];
            const plain = await run(node.path, args);
            const out = join(folder, "app.heapsnapshot");
            const captured = await ouroboros(["capture", "--node", "--node-path", node.path, "-o", out, "--", ...args]);
            assert.equal(captured.stdout, plain.stdout, how);
            assert.equal(withoutOurs(captured.stderr), plain.stderr, how);
            assert.equal(captured.code, plain.code, how);
            assert.deepEqual(captures(folder), ["app.heapsnapshot"], how);
            assert.match(captured.stderr, /^ouroboros: captured \d+ objects, \d+ bytes, in [\d.]+ s: /m, how);
            if (how === "by itself") await checkSnapshot(out);
          }
        });
      }

      it("captures after the program's exit handlers, and neither its workers nor its children", async () => {
        const program = `${KEPT}
          class Late {}
          process.on("exit", () => { globalThis.late = new Late(); });
          const { Worker } = require("node:worker_threads");
          if (process.argv[2] === undefined) {
            new Worker("console.log('a worker')", { eval: true });
            require("node:child_process").fork(__filename, ["child"]);
            require("node:child_process").spawn(process.execPath, [__filename, "child"], { stdio: "inherit" });
          } else console.log("a child", process.execArgv.length);`;
        const folder = folderOf({ "app.cjs": program });
        const out = join(folder, "app.heapsnapshot");
        const args = ["capture", "--node-path", node.path, "-o", out, join(folder, "app.cjs")];
        const { code, stdout, stderr } = await ouroboros(args);
        assert.equal(code, 0, stderr);
        assert.deepEqual(stdout.trim().split("\n").sort(), ["a child 0", "a child 0", "a worker"]);
        assert.equal(stderr.match(/captured/g)?.length, 1);
        assert.deepEqual(captures(folder), ["app.heapsnapshot"]);
        assert.equal(instances(await checkSnapshot(out), "Late"), 1);
      });

      it("captures each time a signal comes, to itself or to the program, and the program goes on", async () => {
        // The first snapshot holds three, the next one more.
        const program = `${KEPT} console.log(process.pid); process.stdin.resume().on("end", () => console.log("end"))
          .on("data", () => { kept.push(new Kept(3)); console.log("more"); });`;
        const folder = folderOf({ "service.mjs": program });
        const cliRun = startCli(
          ["capture", "--json", "--node-path", node.path, "-o", "s.heapsnapshot", "--on-signal", "usr2", "service.mjs"],
          folder,
        );
        const pid = Number(await until(() => /^(\d+)\n/.exec(cliRun.stderr)?.[1]));
        cliRun.child.kill("SIGUSR2");
        await until(() => cliRun.stderr.includes("s: ") && existsSync(join(folder, "s.heapsnapshot")));
        cliRun.child.stdin!.write("x");
        await until(() => cliRun.stderr.includes("more"));
        process.kill(pid, "SIGUSR2");
        await until(() => existsSync(join(folder, "s-2.heapsnapshot")));
        cliRun.child.stdin!.end();
        assert.deepEqual(await cliRun.ended, [0, null]);
        assert.deepEqual(JSON.parse(cliRun.stdout), { file: "s.heapsnapshot", exitCode: 0 });
        assert.match(cliRun.stderr, /^end$/m);
        await checkSnapshot(join(folder, "s.heapsnapshot"));
        assert.equal(instances(await openHeap(join(folder, "s-2.heapsnapshot")), "Kept"), 4);
        assert.deepEqual(captures(folder), ["s-2.heapsnapshot", "s.heapsnapshot"]);
      });
    });
  }

  it("counts the lines of a large script once", async () => {
    // Before version 12 V8 counts those up to each function, for nearly an hour here; later ones don't need our help.
    const program = `${KEPT}
      const line = "(x) => x, //" + "-".repeat(300) + "\\n";
      globalThis.functions = require("node:vm").runInThisContext("[" + line.repeat(100_000) + "]");`;
    const folder = folderOf({ "app.cjs": program });
    const out = join(folder, "app.heapsnapshot");
    const { code, stderr } = await ouroboros(["capture", "--node", "-o", out, join(folder, "app.cjs")]);
    assert.equal(code, 0, stderr);
    await checkSnapshot(out);
  });

  it("does not keep a program alive that waits for nothing but the signal", async () => {
    const folder = folderOf({ "app.cjs": "console.log('done')" });
    const args = [
      "--node",
      "--json",
      "-o",
      join(folder, "x.heapsnapshot"),
      "--on-signal",
      "USR2",
      join(folder, "app.cjs"),
    ];
    const { code, stdout, stderr } = await ouroboros(["capture", ...args]);
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout), { file: null, exitCode: 0 });
    assert.match(stderr, /the program ended \(exit code 0\) before SIGUSR2 came/);
  });

  it("names the file after the script and the time, whatever options of Node stand before it", async () => {
    const folder = folderOf({ "shop.js": KEPT, "first.cjs": "" });
    const { ended } = startCli(["capture", "--node", "--", "-r", "./first.cjs", "shop.js", "other.js"], folder);
    assert.deepEqual(await ended, [0, null]);
    const [name, ...others] = captures(folder);
    assert.match(name, /^shop-\d{8}-\d{6}\.heapsnapshot$/);
    assert.deepEqual(others, []);
  });

  it("says that there is no snapshot where a signal ended the program", async () => {
    const folder = folderOf({ "app.cjs": "process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);" });
    const out = join(folder, "x.heapsnapshot");
    const { code, stdout, stderr } = await ouroboros([
      "capture",
      "--node",
      "--json",
      "-o",
      out,
      join(folder, "app.cjs"),
    ]);
    assert.equal(code, 137);
    assert.deepEqual(JSON.parse(stdout), { file: null, exitCode: 137 });
    assert.match(stderr, /ended by SIGKILL.*--on-signal USR2/);
  });

  it("leaves the program's exit code alone where the file can't be written, and no other file", async () => {
    for (const [end, expected] of [
      ["", 1],
      ["process.exit(3)", 3],
    ] as const) {
      const folder = folderOf({ "app.cjs": `require("node:fs").rmSync(process.argv[2], { recursive: true }); ${end}` });
      const place = folderOf({});
      const args = ["--node", "-o", join(place, "x.heapsnapshot"), join(folder, "app.cjs"), place];
      const { code, stderr } = await ouroboros(["capture", ...args]);
      assert.equal(code, expected, stderr);
      assert.match(stderr, /no snapshot: .*x\.heapsnapshot can't be written \(ENOENT.*-o FILE/);
    }
  });

  it("refuses what makes no sense, with exit code 2", async () => {
    const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [["--node-path", join("no", "where"), "x.js"], /no Node found.*--node-path PATH/],
      [["--node", "--on-signal", "USR1", "x.js"], /inspector; use --on-signal USR2/],
      [["--node", "--on-signal", "KILL", "x.js"], /no program can catch SIGKILL/],
      [["--node", "--at-exit", "--on-signal", "USR2", "x.js"], /exclude each other/],
      [["--node", "--redact", "x.js"], /--redact is not for --node/],
      [["--node", "--in-process", "x.js"], /--in-process is not for --node/],
      [["--node", "--python", "python3", "x.js"], /--python is not for --node/],
      [["--node", "--pid", "1", "x.js"], /--pid is not for --node/],
      [["--node"], /missing required argument 'script'/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await ouroboros(["capture", ...args]);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, args.join(" "));
      assert.match(stderr, message);
    }
  });

  it("the agent alone writes a snapshot when a program asks it to, and refuses where memory looks scarce", async () => {
    const agent = join(process.cwd(), AGENT);
    const program = `${KEPT}
      const { snapshot, CaptureError } = require(${JSON.stringify(agent)});
      console.log(JSON.stringify(snapshot("asked.heapsnapshot")));
      process.availableMemory = () => 1000;
      try { snapshot("refused.heapsnapshot"); } catch (error) { console.log(error instanceof CaptureError, error.code, error.message); }
      snapshot("forced.heapsnapshot", { force: true });`;
    const folder = folderOf({ "app.cjs": program });
    const { ended, ...asked } = start(process.execPath, ["app.cjs"], folder);
    assert.deepEqual(await ended, [0, null], asked.stderr);
    assert.deepEqual(captures(folder), ["asked.heapsnapshot", "forced.heapsnapshot"]);
    await checkSnapshot(join(folder, "asked.heapsnapshot"));
  });
});
