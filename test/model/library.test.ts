import assert from "node:assert/strict";
import { isLibrary, isStandardLibrary } from "../../src/model/source.js";

/** [library, standard library] */
const told = (file: string) => [isLibrary(file), isStandardLibrary(file)];

describe("model: files that are not the user's own", () => {
  it("are what Python brings, and what pip installs", () => {
    assert.deepEqual(told("<frozen importlib._bootstrap>"), [true, true]);
    assert.deepEqual(told("/usr/lib/python3.11/json/encoder.py"), [true, true]);
    assert.deepEqual(told("/venv/lib/python3.11/site-packages/django/apps.py"), [true, false]);
    assert.deepEqual(told("/usr/lib/python3/dist-packages/yaml/__init__.py"), [true, false]);
    assert.deepEqual(told("C:\\Python311\\Lib\\site-packages\\a.py"), [true, false]);
    assert.deepEqual(told("/srv/app/lib/python_tools/a.py"), [false, false]);
    assert.deepEqual(told("/srv/app/node_modules/node-gyp/gyp/pylib/gyp/input.py"), [false, false]);
    assert.deepEqual(told("<string>"), [false, false]);
  });

  it("are what Node brings, and what npm installs", () => {
    assert.deepEqual(told("node:internal/timers"), [true, true]);
    assert.deepEqual(told("node:fs"), [true, true]);
    assert.deepEqual(told("/srv/ouroboros/dist/ouroboros-capture.cjs"), [true, true]);
    for (const file of [
      "/srv/app/node_modules/express/lib/router.js",
      "C:\\app\\node_modules\\express\\index.js",
      "file:///C:/app/node_modules/express/index.mjs",
      "http://localhost:3000/node_modules/.vite/deps/react.js?v=1",
      "webpack://app/./node_modules/react/index.js",
      "webpack:///./~/react/index.js",
      "node_modules/react/index.js",
    ]) {
      assert.deepEqual(told(file), [true, false], file);
    }
    for (const file of ["/srv/app/src/node.js", "/srv/node_modules.js", "/srv/old_node_modules/a.js", "/home/~/a.js"]) {
      assert.deepEqual(told(file), [false, false], file);
    }
  });
});
