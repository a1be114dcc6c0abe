import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Report } from "../../src/session/queries/report.js";
import { build } from "../cli/run.js";
import { realSnapshot, temporaryFolder } from "../formats/realSnapshot.js";
import { type Answer, childrenOf, raw, type Served, serveFile, View } from "./served.js";

const READY = JSON.stringify({ kind: "ready" });

describe("serve: who is answered", () => {
  let served: Served;
  let path: string;

  before(async () => {
    build();
    served = await serveFile(realSnapshot());
    path = new URL(served.url).pathname;
  });

  after(() => served?.end());

  const answer = (where: string, headers?: Record<string, string>) =>
    raw(served.port, where, headers ? { headers } : {});
  const refused = (status: number, { status: got, body }: Answer, what: string) =>
    assert.deepEqual({ status: got, body }, { status, body: "" }, what);

  it("has 128 random bits in its address", () => {
    assert.match(served.url, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/);
  });

  it("answers below the token only", async () => {
    assert.equal((await answer(path)).status, 200);
    const token = path.slice(1, -1);
    const other = (token.startsWith("A") ? "B" : "A") + token.slice(1);
    const wrong = ["/", "//", `/${other}/`, `/${other}/webview.js`, `/${token}A/`, `/${token.slice(1)}/`];
    for (const where of [...wrong, "/webview.js", `/x/${token}/`, `/${token.toLowerCase()}/`, `/?${token}/`]) {
      refused(404, await answer(where), where);
    }
    const { status, headers } = await answer(path.slice(0, -1));
    assert.deepEqual([status, headers.location], [303, path]);
  });

  it("serves the page's files and nothing else, whatever the path looks like", async () => {
    for (const name of ["webview.js", "webview.css", "graph.css", "arenas.css", "browser.css", "icon.png"]) {
      const { status, headers, body } = await answer(path + name);
      assert.equal(status, 200, name);
      assert.match(headers["content-type"]!, /^(text\/javascript|text\/css|image\/png)/);
      assert.ok(body.length > 100, name);
    }
    const outside = ["..%2fpackage.json", "../package.json", "%2e%2e/package.json", "..\\package.json"];
    const odd = ["webview.js/../../package.json", "/etc/passwd", "webview.js%00", "webview.js/", "Webview.js"];
    for (const where of [...outside, ...odd, "analysis.js", "cli.js", "constructor", "webview.js.map"]) {
      refused(404, await answer(path + where), where);
    }
  });

  it("refuses a Host that is not its own", async () => {
    const { port } = served;
    const hosts = ["evil.example", `evil.example:${port}`, "127.0.0.1", "localhost", `127.0.0.1:${port + 1}`];
    for (const host of [...hosts, `127.0.0.1:${port}.evil.example`, `x@127.0.0.1:${port}`]) {
      refused(421, await answer(path, { Host: host }), host);
    }
    assert.equal((await answer(path, { Host: `localhost:${port}` })).status, 200);
  });

  it("listens on 127.0.0.1 only", async () => {
    const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const hosts = others
      .filter(({ address }) => address !== "127.0.0.1")
      .map(({ address, scopeid }) => ({
        host: address,
        scopeid,
      }));
    // On Linux all of 127/8 is this computer: a server on all addresses would answer there.
    if (process.platform === "linux") hosts.push({ host: "127.0.0.2", scopeid: undefined });
    for (const { host, scopeid } of hosts) {
      if (scopeid) continue;
      await assert.rejects(
        raw(served.port, path, { host }),
        /ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH|EHOSTUNREACH/,
        host,
      );
    }
  });

  it("sends its policy with every answer", async () => {
    for (const where of [path, `${path}webview.js`, "/nothing"]) {
      const { headers } = await answer(where);
      const policy = String(headers["content-security-policy"]);
      assert.match(policy, /^default-src 'none'; /);
      assert.doesNotMatch(policy, /unsafe|\*|data:|blob:|http/);
      for (const part of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"])
        assert.ok(policy.includes(part), part);
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers["referrer-policy"], "no-referrer");
      assert.equal(headers["cache-control"], "no-store");
      assert.equal(headers["cross-origin-resource-policy"], "same-origin");
      assert.equal(headers["access-control-allow-origin"], undefined);
    }
  });

  it("takes messages from its own page only", async () => {
    const view = await View.open(served.url);
    const foreign = [
      "http://evil.example",
      "null",
      `http://127.0.0.1:${served.port + 1}`,
      `https://127.0.0.1:${served.port}`,
    ];
    for (const origin of foreign) refused(403, await view.send(READY, { Origin: origin }), origin);
    refused(403, await view.send(READY, {}), "no origin");
    refused(403, await view.send(READY, { Origin: `http://localhost:${served.port}` }), "the other name");
    assert.equal((await view.send(READY)).status, 204);
    view.close();
  });

  it("refuses other methods", async () => {
    for (const [method, where, allow] of [
      ["POST", path, "GET"],
      ["DELETE", `${path}webview.js`, "GET"],
      ["OPTIONS", `${path}messages`, "POST"],
      ["GET", `${path}messages`, "POST"],
    ] as const) {
      const { status, headers } = await raw(served.port, where, { method });
      assert.deepEqual([status, headers.allow], [405, allow], `${method} ${where}`);
    }
  });

  it("refuses what is no message with 400", async () => {
    const view = await View.open(served.url);
    const bad: unknown[] = [
      ...[null, 1, "ready", [], {}, { kind: "unknown" }, { kind: "constructor" }, { kind: ["ready"] }],
      ...[
        { kind: "save", name: "a", text: "b" },
        { kind: "copy", text: "b" },
        { kind: "cancel", id: "1" },
      ],
      { kind: "ask", id: 1, question: "open", params: { file: "/etc/passwd" } },
      { kind: "ask", id: 1, question: "sourceFile", params: { file: "x" } },
      { kind: "ask", id: 1, question: "toString", params: {} },
      { kind: "ask", id: 1, question: "report" },
      { kind: "ask", id: 0.5, question: "report", params: {} },
      { kind: "source", location: { file: "a", line: "1", name: "b" } },
      { kind: "route", route: { view: "overview" } },
    ];
    for (const message of bad) refused(400, await view.send(JSON.stringify(message)), JSON.stringify(message));
    for (const text of ["", "{", "\0", '{"kind":"ready"}}']) refused(400, await view.send(text), text);
    view.client = "unknown";
    refused(404, await view.send(READY), "unknown client");
    assert.deepEqual(view.messages, []);
    view.close();
  });

  it("refuses a body above 1 MB, announced or not, and goes on", async () => {
    const view = await View.open(served.url);
    const route = { kind: "route", route: { view: "overview" }, selected: "" } as const;
    const sized = (bytes: number) => {
      const rest = bytes - JSON.stringify(route).length;
      return JSON.stringify({ ...route, selected: "x".repeat(rest) });
    };
    const origin = { Origin: new URL(served.url).origin };
    assert.equal((await view.send(sized(1 << 20))).status, 204);
    refused(413, await view.send(sized((1 << 20) + 1)), "announced");
    refused(413, await view.send(sized((1 << 20) + 1), { ...origin, "Transfer-Encoding": "chunked" }), "chunked");
    assert.equal((await view.send(READY)).status, 204);
    view.close();
  });
});

describe("serve: views", () => {
  let served: Served;

  before(async () => {
    build();
    served = await serveFile(realSnapshot());
  });

  after(() => served?.end());

  it("answers each view's questions, all from one analysis process", async function () {
    const views = [await View.open(served.url), await View.open(served.url)];
    assert.notEqual(views[0].client, views[1].client);
    for (const [i, view] of views.entries()) {
      await view.post({ kind: "ready" });
      const { file, info } = await view.take("opened");
      assert.equal(file, "real.pyheapsnapshot");
      assert.ok(info.nodes > 1000);
      await view.post({ kind: "ask", id: 10 + i, question: "report", params: {} });
      const { id, answer } = await view.take("answer");
      assert.equal(id, 10 + i);
      assert.ok((answer as Report).findings.some(({ rule }) => rule === "closure-cycle"));
    }
    if (process.platform !== "win32") assert.equal(childrenOf(served.child.pid!).length, 1);
    for (const view of views) assert.equal(view.messages.filter(({ kind }) => kind === "answer").length, 1);
    views[0].close();
    await views[1].post({ kind: "ask", id: 3, question: "search", params: { text: "a\n\ndata: b\r", limit: 1 } });
    await views[1].until(() => views[1].messages.some((message) => message.kind === "answer" && message.id === 3));
    views[1].close();
  });

  it("tells the view what the analysis refuses", async () => {
    const view = await View.open(served.url);
    await view.post({ kind: "ready" });
    await view.post({ kind: "ask", id: 1, question: "object", params: { id: "nonsense" } });
    const { id, message, advice } = await view.take("refused");
    assert.equal(id, 1);
    assert.match(message, /nonsense/);
    assert.notEqual(advice, "");
    view.close();
  });

  it("quotes the line of a source file", async () => {
    const file = join(temporaryFolder(), "quoted.py");
    writeFileSync(file, "first\n    second = '\u202e'\n");
    const view = await View.open(served.url);
    await view.post({ kind: "source", location: { file, line: 2, name: "second" } });
    assert.equal((await view.take("notice")).text, `Open in your editor: ${file}:2 (second = '\\u202e')`);
    view.close();
  });

  it("keeps a connection for questions: a sixth page is told so, and may come when another goes", async () => {
    const views = await Promise.all([1, 2, 3, 4, 5].map(() => View.open(served.url)));
    const sixth = await View.open(served.url);
    assert.match(JSON.stringify(sixth.closed), /open in 5 pages already.*Close one/);
    views[0].close();
    for (;;) {
      const again = await View.open(served.url);
      again.close();
      if (again.closed === undefined) break;
    }
    for (const view of views) view.close();
  });
});
