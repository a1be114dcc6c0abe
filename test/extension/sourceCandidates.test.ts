import assert from "node:assert/strict";
import {
  baseName,
  bestMatches,
  hasChanged,
  noFile,
  type Places,
  sourceCandidates,
} from "../../src/extension/sourceCandidates.js";

const places = (mappings: Record<string, string>, ...folders: string[]): Places => ({
  mappings,
  folders: folders.map((path) => ({ name: path.split("/").at(-1)!, path })),
  home: "/home/me",
});
const FOLDER = "$" + "{workspaceFolder}";
const unknownSize = () => undefined;

describe("where a source file may be", () => {
  it("is the recorded path where nothing is mapped", () => {
    assert.deepEqual(sourceCandidates("/srv/app/a.py", places({}, "/ws")), ["/srv/app/a.py"]);
  });

  it("is told by mappings, the longest prefix first, after the recorded path", () => {
    const mappings = { "/srv": "/other", "/srv/app/": "/code", "/": "/copy" };
    assert.deepEqual(sourceCandidates("/srv/app/pkg/a.py", places(mappings)), [
      "/srv/app/pkg/a.py",
      "/code/pkg/a.py",
      "/other/app/pkg/a.py",
      "/copy/srv/app/pkg/a.py",
    ]);
  });

  it("takes whole names of folders only", () => {
    assert.deepEqual(sourceCandidates("/srv/application/a.py", places({ "/srv/app": "/code" })), [
      "/srv/application/a.py",
    ]);
  });

  it("names each workspace folder for a value that speaks of one, or is relative", () => {
    const tried = sourceCandidates("/a/f.py", places({ "/a": `${FOLDER}/x` }, "/ws1", "/ws2"));
    assert.deepEqual(tried, ["/a/f.py", "/ws1/x/f.py", "/ws2/x/f.py"]);
    assert.deepEqual(sourceCandidates("/a/f.py", places({ "/a": "lib" }, "/ws1")), ["/a/f.py", "/ws1/lib/f.py"]);
    assert.deepEqual(sourceCandidates("/a/f.py", places({ "/a": `${FOLDER}/x` })), ["/a/f.py"]);
  });

  it("knows a workspace folder by name, and the home folder", () => {
    const named = sourceCandidates(
      "/a/f.py",
      places({ "/a": `${FOLDER.replace("}", ":ws2}")}/x` }, "/p/ws1", "/p/ws2"),
    );
    assert.deepEqual(named, ["/a/f.py", "/p/ws2/x/f.py"]);
    assert.deepEqual(sourceCandidates("/a/f.py", places({ "/a": "~/x" })), ["/a/f.py", "/home/me/x/f.py"]);
    assert.deepEqual(sourceCandidates("/a/f.py", places({ "/a": "/x~" })), ["/a/f.py", "/x~/f.py"]);
  });

  it("maps the paths of a program that ran on Windows, whatever their case", () => {
    const tried = sourceCandidates("C:\\Srv\\app\\pkg\\a.py", places({ "c:/srv/app": "/code" }));
    assert.deepEqual(tried, ["C:\\Srv\\app\\pkg\\a.py", "/code/pkg/a.py"]);
    assert.deepEqual(sourceCandidates("/Srv/a.py", places({ "/srv": "/code" })), ["/Srv/a.py"]);
  });

  it("is where the path ends alike for longest", () => {
    const files = ["/ws/a/util.py", "/ws/json/util.py", "/ws/lib/json/util.py"];
    assert.deepEqual(bestMatches("/usr/lib/json/util.py", files, null, unknownSize), ["/ws/lib/json/util.py"]);
    assert.deepEqual(bestMatches("D:\\x\\a\\util.py", files, null, unknownSize), ["/ws/a/util.py"]);
  });

  it("is undecided between equals, unless one has the recorded size", () => {
    const files = ["/ws/one/util.py", "/ws/two/util.py"];
    assert.deepEqual(bestMatches("/srv/util.py", files, 10, unknownSize), files);
    assert.deepEqual(
      bestMatches("/srv/util.py", files, 10, (file) => (file.includes("two") ? 10 : 9)),
      [files[1]],
    );
  });

  it("is not any __init__.py, unless the size is the same too", () => {
    assert.deepEqual(bestMatches("/lib/json/__init__.py", ["/ws/app/__init__.py"], 10, unknownSize), []);
    const same = bestMatches("/lib/json/__init__.py", ["/ws/app/__init__.py"], 10, () => 10);
    assert.deepEqual(same, ["/ws/app/__init__.py"]);
    const folder = bestMatches("/lib/json/__init__.py", ["/ws/json/__init__.py"], 10, unknownSize);
    assert.deepEqual(folder, ["/ws/json/__init__.py"]);
  });

  it("is nowhere where no file has its name", () => {
    assert.deepEqual(bestMatches("/srv/a.py", [], 10, unknownSize), []);
  });
});

describe("where the file of a script may be", () => {
  it("is the path that a file: URL names, on the system that it comes from", () => {
    const tried = (name: string, mappings = {}) => sourceCandidates(name, places(mappings, "/ws"));
    assert.deepEqual(tried("file:///srv/my%20app/a.mjs"), ["/srv/my app/a.mjs"]);
    assert.deepEqual(tried("file://localhost/srv/a.mjs"), ["/srv/a.mjs"]);
    assert.deepEqual(tried("file:///srv/100%/a.mjs"), ["/srv/100%/a.mjs"]);
    assert.deepEqual(tried("file:///srv/a.mjs?t=1#x"), ["/srv/a.mjs"]);
    assert.deepEqual(tried("file:///C:/app/a%23.js"), ["C:\\app\\a#.js"]);
    assert.deepEqual(tried("file://host/share/a.js"), ["\\\\host\\share\\a.js"]);
    const mapped = tried("file:///C:/Srv/app/a.js", { "c:\\srv": "/code" });
    assert.deepEqual(mapped, ["C:\\Srv\\app\\a.js", "/code/app/a.js"]);
    assert.deepEqual(tried("/srv/a.js", { "file:///srv/": "/code" }), ["/srv/a.js", "/code/a.js"]);
  });

  it("is told by mappings of URLs, and never a URL itself", () => {
    const mappings = {
      "http://localhost:3000/": `${FOLDER}/public`,
      "http://localhost:3000/static": "/static",
      "webpack://app/": FOLDER,
      "webpack:///": "/all",
    };
    const tried = (name: string) => sourceCandidates(name, places(mappings, "/ws"));
    assert.deepEqual(tried("http://localhost:3000/js/a%20b.js?v=1&x=/y#z"), ["/ws/public/js/a b.js"]);
    assert.deepEqual(tried("http://localhost:3000/static/a.js"), ["/static/a.js", "/ws/public/static/a.js"]);
    assert.deepEqual(tried("http://localhost:3000/"), ["/ws/public/index.html"]);
    assert.deepEqual(tried("http://localhost:3001/a.js"), []);
    assert.deepEqual(tried("webpack://app/./src/a.ts?1a2b"), ["/ws/src/a.ts", "/all/app/src/a.ts"]);
    assert.deepEqual(tried("webpack:///./~/left-pad/index.js"), ["/all/node_modules/left-pad/index.js"]);
    assert.deepEqual(tried("webpack://app/../../../etc/passwd"), ["/ws/etc/passwd", "/all/app/etc/passwd"]);
  });

  it("is where the end of a URL's path is", () => {
    const files = ["/ws/public/js/app.js", "/ws/js/app.js", "/ws/app.js"];
    const best = (name: string) => bestMatches(name, files, null, unknownSize);
    assert.deepEqual(best("https://example.com:8443/public/js/app.js?x=/ws/app.js"), [files[0]]);
    assert.deepEqual(best("https://example.com/assets/js/app.js"), [files[0], files[1]]);
    assert.deepEqual(best("webpack-internal:///./js/app.js"), [files[0], files[1]]);
    assert.equal(baseName("https://example.com/a/b%20c.js?d/e.js"), "b c.js");
    assert.equal(baseName("file:///a/b.js"), "b.js");
  });

  it("is not any index.js, unless that is all that the URL says", () => {
    const files = ["/ws/lib/index.js", "/ws/index.js"];
    assert.deepEqual(bestMatches("/srv/dist/index.js", files, null, unknownSize), []);
    assert.deepEqual(bestMatches("/srv/lib/index.js", files, null, unknownSize), [files[0]]);
    assert.deepEqual(bestMatches("http://localhost/index.js", files, null, unknownSize), files);
    assert.deepEqual(bestMatches("http://localhost/src/index.ts", ["/ws/b/index.ts"], null, unknownSize), []);
  });
});

describe("a source file that has changed", () => {
  const recorded = { path: "/srv/a.py", size: 100, modified: 1000 };

  it("has another size, or as the recorded path itself another time", () => {
    assert.equal(hasChanged(recorded, { size: 100, mtime: 1_000_500 }, true), false);
    assert.equal(hasChanged(recorded, { size: 101, mtime: 1_000_000 }, true), true);
    assert.equal(hasChanged(recorded, { size: 100, mtime: 1_001_500 }, true), true);
    assert.equal(hasChanged(recorded, { size: 100, mtime: 998_000 }, true), true);
  });

  it("is not told by a copy's time", () => {
    assert.equal(hasChanged(recorded, { size: 100, mtime: 0 }, false), false);
    assert.equal(hasChanged(recorded, { size: 99, mtime: 1_000_000 }, false), true);
  });

  it("is not guessed where the snapshot knows nothing", () => {
    assert.equal(hasChanged({ path: "/a", size: null, modified: null }, { size: 1, mtime: 1 }, true), false);
  });
});

describe("a name in the place of a file", () => {
  it("is told from a path", () => {
    assert.equal(noFile("<string>"), "generated");
    assert.equal(noFile("<frozen importlib._bootstrap>"), "frozen");
    assert.equal(noFile("/srv/<odd>/a.py"), undefined);
    assert.equal(noFile("a.py"), undefined);
  });

  it("is told from a script's name", () => {
    for (const name of ["node:fs", "node:internal/modules/cjs/loader", "node:electron/js2c/browser_init"]) {
      assert.equal(noFile(name), "runtime", name);
    }
    for (const name of [
      "evalmachine.<anonymous>",
      "[eval]",
      "[eval1]",
      "[eval]-wrapper",
      "[worker eval]",
      "[stdin]",
      "REPL12",
      "VM7",
      "blob:http://localhost/1",
      "data:text/javascript,1",
      "wasm://wasm/1234",
      "extensions::x",
      "__puppeteer_evaluation_script__",
    ]) {
      assert.equal(noFile(name), "generated", name);
    }
    for (const name of [
      "/srv/[slug].js",
      "file:///a.js",
      "webpack://app/./a.js",
      "https://x/VM7",
      "node.js",
      "C:\\a.js",
    ]) {
      assert.equal(noFile(name), undefined, name);
    }
  });
});
