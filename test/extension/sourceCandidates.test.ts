import assert from "node:assert/strict";
import {
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
});
