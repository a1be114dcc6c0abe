import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build, cli, ouroboros } from "../cli/run.js";
import { realSnapshot, temporaryFolder } from "../formats/realSnapshot.js";
import { skip } from "../rig/skip.js";
import { childrenOf, gone, raw, serve, serveFile, View } from "./served.js";

describe("cli: open", () => {
  let folder: string;

  before(() => {
    build();
    folder = join(temporaryFolder(), "open");
    mkdirSync(folder);
  });

  it("prints the address and nothing else on stdout, and ends with 0 by SIGINT and by SIGTERM", async function () {
    if (process.platform === "win32") skip(this, "Windows ends processes without asking them");
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const served = await serveFile(realSnapshot());
      const view = await View.open(served.url);
      const [analysis, ...others] = childrenOf(served.child.pid!);
      assert.ok(analysis > 0);
      assert.deepEqual(others, []);
      assert.equal(await served.end(signal), 0);
      assert.match(JSON.stringify(view.closed), /Ouroboros has ended/);
      const { stdout, stderr } = served.output();
      assert.equal(stdout, `${served.url}\n`);
      assert.match(stderr, /Ctrl-C/);
      await gone(analysis);
    }
  });

  it("leaves no process behind when it is killed", async function () {
    if (process.platform === "win32") skip(this, "there is no ps");
    const served = await serveFile(realSnapshot());
    const [analysis] = childrenOf(served.child.pid!);
    assert.equal(await served.end("SIGKILL"), "SIGKILL");
    await gone(analysis);
  });

  it("with --json prints one document", async () => {
    const served = await serveFile(realSnapshot(), "--json");
    assert.equal((await raw(served.port, new URL(served.url).pathname)).status, 200);
    await served.end();
    assert.deepEqual(JSON.parse(served.output().stdout), { url: served.url, port: served.port });
  });

  it("takes the port that --port names, and says when it is taken", async () => {
    const first = await serveFile(realSnapshot());
    const port = String(first.port);
    const { code, stdout, stderr } = await ouroboros(["open", realSnapshot(), "--no-browser", "--port", port]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, new RegExp(`port ${port}: it is taken`));
    await first.end();
    const second = await serveFile(realSnapshot(), "--port", port);
    assert.equal(String(second.port), port);
    await second.end();
    for (const wrong of ["0", "65536", "x", "1.5"]) {
      assert.equal((await ouroboros(["open", realSnapshot(), "--port", wrong])).code, 2, wrong);
    }
  });

  it("ends with 3 before it serves, with the message of all commands, where the file can't be read", async () => {
    const broken = join(folder, "broken.pyheapsnapshot");
    writeFileSync(broken, readFileSync(realSnapshot()).subarray(0, 50_000));
    const text = join(folder, "text");
    writeFileSync(text, "just text");
    for (const file of [broken, text, folder, join(folder, "nowhere")]) {
      const opened = await ouroboros(["open", file, "--no-browser"]);
      assert.equal(opened.code, 3, file);
      assert.deepEqual(opened, await ouroboros(["info", file]));
    }
  });

  it("gives a browser an address that leads to the page once, and does not hold the token", async function () {
    if (process.platform !== "linux") skip(this, "the test replaces xdg-open");
    const asked = join(folder, "asked");
    const opener = join(folder, "xdg-open");
    writeFileSync(opener, `#!/bin/sh\nprintf %s "$*" > '${asked}.new' && mv '${asked}.new' '${asked}'\n`);
    chmodSync(opener, 0o755);
    const path = [folder, process.env["PATH"]].join(delimiter);
    const served = await serve([cli, "open", realSnapshot()], { PATH: path, DISPLAY: ":0" });
    while (!existsSync(asked)) await sleep(20);
    const { origin, pathname } = new URL(served.url);
    const launch = new URL(readFileSync(asked, "utf8"));
    assert.equal(launch.origin, origin);
    assert.ok(!launch.href.includes(basename(pathname)));
    const { status, headers } = await raw(served.port, launch.pathname);
    assert.deepEqual([status, headers.location], [303, pathname]);
    assert.equal((await raw(served.port, launch.pathname)).status, 404);
    assert.equal(await served.end(), 0);
  });

  it("serves where no browser can be started", async function () {
    if (process.platform !== "linux") skip(this, "other systems have one");
    const empty = join(folder, "empty");
    mkdirSync(empty);
    for (const display of ["", ":0"]) {
      const served = await serve([cli, "open", realSnapshot()], { PATH: empty, DISPLAY: display, WAYLAND_DISPLAY: "" });
      assert.equal((await raw(served.port, new URL(served.url).pathname)).status, 200);
      assert.equal(await served.end(), 0);
    }
  });
});
