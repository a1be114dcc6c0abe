import assert from "node:assert/strict";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { listeningPorts } from "../../src/capture/inspector/procfs.js";
import { build, ouroboros } from "../cli/run.js";
import { ensureChromium } from "../editor/setup.mjs";
import { skip } from "../rig/skip.js";
import {
  captures,
  checkSnapshot,
  findNodes,
  folderWith,
  KEPT,
  nodes,
  start,
  startCli,
  type Started,
  stopAll,
  until,
} from "./nodes.js";

const SERVER = `${KEPT}
require("node:http").createServer((request, response) => response.end("served"))
  .listen(0, "127.0.0.1", function () { console.log("port " + this.address().port); });
`;
const PAGE = `data:text/html,<title>shop</title><script>${encodeURIComponent(KEPT)}</script>`;
// Long enough for a signal to come while V8 walks the heap.
const LARGE = "globalThis.large = Array.from({ length: 300_000 }, (_, i) => ({ i, next: { i } }));";

/** A running server, and where it serves. */
interface Server extends Started {
  readonly port: number;
}

describe("cli: capture --pid and --inspect", () => {
  const folders: string[] = [];
  const folderOf = (files: Readonly<Record<string, string>> = {}) => {
    folders.push(folderWith(files));
    return folders.at(-1)!;
  };
  before(async function () {
    if (!existsSync("/proc/self/exe")) skip(this, "this needs /proc");
    build();
    await findNodes();
  });
  afterEach(() => {
    stopAll();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a server whose inspector opens on any port that is free, unless the flags say otherwise. */
  async function serve(
    node: string,
    flags: readonly string[] = ["--inspect-port=0"],
    source = SERVER,
  ): Promise<Server> {
    const folder = folderOf({ "server.cjs": source });
    const running = start(node, [...flags, join(folder, "server.cjs")]);
    const port = Number(await until(() => /^port (\d+)\n/m.exec(running.stdout)?.[1]));
    return Object.assign(running, { port });
  }

  async function assertServes({ child, port }: Server): Promise<void> {
    assert.equal(child.exitCode ?? child.signalCode, null);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), "served");
  }

  const inspectorOf = (server: Started) => until(() => /ws:\/\/127\.0\.0\.1:(\d+)\/([\w-]+)/.exec(server.stderr));

  for (const node of nodes) {
    describe(node.name, () => {
      it("--pid captures a server, which serves on, and closes its inspector", async () => {
        const server = await serve(node.path);
        const folder = folderOf();
        for (const name of ["first.heapsnapshot", "second.heapsnapshot"]) {
          const file = join(folder, name);
          const { code, stdout, stderr } = await ouroboros(["capture", "--pid", `${server.pid}`, "--json", "-o", file]);
          assert.equal(code, 0, stderr);
          const told = JSON.parse(stdout) as Record<string, unknown>;
          const graph = await checkSnapshot(file);
          assert.deepEqual({ file: told["file"], nodes: told["nodes"] }, { file, nodes: graph.nodeCount });
          assert.match(stderr, /^ouroboros: captured \d+ objects, \d+ bytes, in [\d.]+ s: /m);
          assert.deepEqual([...(await listeningPorts(server.pid)).own], [server.port]);
          await assertServes(server);
        }
        assert.deepEqual(captures(folder), ["first.heapsnapshot", "second.heapsnapshot"]);
      });

      it("--pid and --inspect use an inspector that is open, and leave it open", async () => {
        const server = await serve(node.path, ["--inspect=0"]);
        const [address, port, target] = await inspectorOf(server);
        const folder = folderOf();
        for (const [i, where] of [
          ["--pid", `${server.pid}`],
          ["--inspect", `127.0.0.1:${port}`],
          ["--inspect", port],
          ["--inspect", address],
          ["--inspect", `localhost:${port}`, "--target", target],
        ].entries()) {
          const file = join(folder, `${i}.heapsnapshot`);
          const { code, stderr } = await ouroboros(["capture", ...where, "-o", file]);
          assert.equal(code, 0, stderr);
          await checkSnapshot(file);
          assert.ok((await listeningPorts(server.pid)).own.has(Number(port)), "still open");
        }
        await assertServes(server);
        const refused = await ouroboros(["capture", "--inspect", port, "--target", "nobody"]);
        assert.equal(refused.code, 2);
        assert.match(refused.stderr, /no target nobody; choose with --target ID: .*server\.cjs/);
      });
    });
  }

  it("--pid leaves a program alone that is not Node, or does not catch SIGUSR1", async () => {
    const named = join(folderOf(), "node");
    copyFileSync("/bin/sleep", named);
    for (const [command, message] of [
      ["/bin/sleep", /which is not Node, and was left alone/],
      [named, /does not open its inspector on SIGUSR1/],
    ] as const) {
      const other = start(command, ["600"]);
      await until(() => other.pid !== undefined);
      const { code, stdout, stderr } = await ouroboros(["capture", "--pid", `${other.pid}`]);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, message);
      assert.equal(other.child.exitCode ?? other.child.signalCode, null, "it lives");
    }
  });

  it("--pid does nothing where the inspector's port is another's", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await until(() => blocker.listening);
    try {
      const { port } = blocker.address() as AddressInfo;
      const server = await serve(process.execPath, [`--inspect-port=${port}`]);
      const { code, stderr } = await ouroboros(["capture", "--pid", `${server.pid}`]);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`port ${port}, .* is taken by another process`));
      await assertServes(server);
      assert.equal(server.stderr, "", "it got no signal");
    } finally {
      blocker.close();
    }
  });

  it("--pid does not take the inspector of another process for that of this one", async () => {
    const inspected = await serve(process.execPath, ["--inspect=0"]);
    const [, port] = await inspectorOf(inspected);
    // A Node that passes on, at the port that it was told to open its inspector at.
    const free = createServer().listen(0, "127.0.0.1");
    await until(() => free.listening);
    const { port: told } = free.address() as AddressInfo;
    free.close();
    const passOn = `require("node:net").createServer((socket) => {
      const other = require("node:net").connect(${port}, "127.0.0.1");
      socket.on("error", () => {}).pipe(other.on("error", () => {})).pipe(socket);
    }).listen(${told}, "127.0.0.1", () => console.log("port ${told}"));`;
    const impostor = await serve(process.execPath, [`--inspect-port=${told}`], passOn);
    const folder = folderOf();
    const args = ["capture", "--json", "-o", join(folder, "x.heapsnapshot"), "--pid", `${impostor.pid}`];
    const { code, stdout, stderr } = await ouroboros(args);
    assert.equal(code, 1, stderr);
    assert.deepEqual(JSON.parse(stdout), { file: null });
    assert.match(stderr, /inspector of process \d+ did not open/);
    assert.deepEqual(captures(folder), []);
    assert.equal(impostor.child.exitCode ?? impostor.child.signalCode, null, "it lives");
    await assertServes(inspected);
  });

  it("leaves no file when the program dies meanwhile, and exit code 1", async () => {
    const server = await serve(process.execPath, undefined, LARGE + SERVER);
    const folder = folderOf();
    const running = ouroboros(["capture", "--pid", `${server.pid}`, "-o", join(folder, "x.heapsnapshot")]);
    await until(() => captures(folder).length > 0);
    server.child.kill("SIGKILL");
    const { code, stderr } = await running;
    assert.equal(code, 1);
    assert.match(stderr, /no snapshot was written: the inspector ended the connection; has the program ended\?/);
    assert.deepEqual(captures(folder), []);
  });

  it("leaves no file when it is interrupted, and closes the inspector of the program, which runs on", async () => {
    const server = await serve(process.execPath, undefined, LARGE + SERVER);
    const folder = folderOf();
    const { child, ended, ...printed } = startCli([
      "capture",
      "--pid",
      `${server.pid}`,
      "-o",
      join(folder, "x.heapsnapshot"),
    ]);
    await until(() => captures(folder).length > 0);
    child.kill("SIGINT");
    assert.deepEqual(await ended, [130, null], printed.stderr);
    assert.deepEqual(captures(folder), []);
    assert.deepEqual([...(await listeningPorts(server.pid)).own], [server.port]);
    await assertServes(server);
  });

  it("refuses what can't be captured, and says what to do", async () => {
    const plain = await serve(process.execPath);
    const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [["--pid", "999999999"], /there is no process 999999999/],
      [["--pid", "none"], /must be the number of a process/],
      [["--pid", `${plain.pid}`, "x.js"], /takes no script/],
      [["--pid", `${plain.pid}`, "--redact"], /--redact is not for --pid/],
      [["--pid", `${plain.pid}`, "-o", join("no", "where", "x")], /no file can be written/],
      [["--target", "x"], /--inspect HOST:PORT, which is missing/],
      [["--inspect", "127.0.0.1:1"], /nothing listens there; start the program with node --inspect/],
      [["--inspect", `127.0.0.1:${plain.port}`], /what listens there is no inspector/],
      [["--inspect", "somewhere"], /names no inspector; say HOST:PORT/],
      [["--inspect", "127.0.0.1:0"], /names no inspector/],
      [["--inspect", "127.0.0.1:70000"], /names no inspector/],
      [["--inspect", "nowhere.invalid:9229"], /there is no host nowhere\.invalid/],
      ...["0.0.0.0", "10.1.2.3", "128.0.0.1", "[::]", "[fe80::1]", "[::ffff:10.0.0.1]"].map(
        (host) =>
          [["--inspect", `${host}:9229`], /is not this machine's loopback.*ssh -L 9229:127\.0\.0\.1:9229/] as const,
      ),
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await ouroboros(["capture", ...args]);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, args.join(" "));
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
    }
    await assertServes(plain);
  });

  it("--inspect captures a page of Chromium, and lists pages where there are several", async function () {
    const chromium = ensureChromium();
    if (chromium === undefined) skip(this, "no Chromium, Chrome or Edge was found");
    const folder = folderOf();
    const flags = [
      "--headless",
      "--no-sandbox",
      "--no-first-run",
      "--remote-debugging-port=0",
      `--user-data-dir=${folder}`,
    ];
    const browser = start(chromium, [...flags, PAGE]);
    const [, port] = await until(() => /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(browser.stderr));
    const titles = async () =>
      (
        (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
          id: string;
          title: string;
          type: string;
        }[]
      ).filter(({ type }) => type === "page");
    let pages = await titles();
    while (!pages.some(({ title }) => title === "shop")) pages = await titles();
    const file = join(folder, "page.heapsnapshot");
    const one = await ouroboros(["capture", "--inspect", port, "-o", file]);
    assert.equal(one.code, 0, one.stderr);
    await checkSnapshot(file);
    await fetch(`http://127.0.0.1:${port}/json/new?about:blank`, { method: "PUT" });
    const several = await ouroboros(["capture", "--inspect", port]);
    assert.equal(several.code, 2);
    assert.match(several.stderr, /several targets; choose with --target ID: .*\(page: shop\)/);
    const chosen = await ouroboros(["capture", "--inspect", port, "--target", pages[0].id, "-o", file]);
    assert.equal(chosen.code, 0, chosen.stderr);
    await checkSnapshot(file);
    const { ended } = browser;
    browser.child.kill("SIGTERM");
    await ended;
  });
});
