import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packages } from "../../src/session/queries/packages.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder } from "../formats/realSnapshot.js";
import { pythons } from "../rig/pythons.js";

const TEXTS = 300;

const FILES: Readonly<Record<string, string>> = {
  // What only the package keeps, and what it shares with the program.
  "shop/__init__.py": "from shop import cart\n",
  "shop/cart.py": `ITEMS = ['item %06d' % n * 50 for n in range(${TEXTS})]\nSHARED = ['shared %06d' % n * 50 for n in range(${TEXTS})]\n`,
  "site-packages/fancy/__init__.py": `DATA = ['fancy %06d' % n * 50 for n in range(${TEXTS})]\n`,
  "site-packages/Fancy_Thing-1.2.dist-info/top_level.txt": "fancy\n",
  "main.py": `
import sys
sys.path[:0] = [sys.argv[1], sys.argv[3], sys.argv[3] + '/site-packages']
import fancy, shop, ouroboros_capture
SHARED = shop.cart.SHARED
size = lambda data: sys.getsizeof(data) + sum(map(sys.getsizeof, data))
ouroboros_capture.snapshot(sys.argv[2])
sys.stdout.write('%d %d %d' % (size(shop.cart.ITEMS), size(SHARED), size(fancy.DATA)))
`,
};

describe("what packages keep", () => {
  const all = pythons();
  for (const python of new Set([all[0], all[all.length >> 1], all[all.length - 1]])) {
    it(`CPython ${python.name}: data of one package is its own, shared data nobody's, and the distribution is named`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "ouroboros-packages-"));
      try {
        for (const [name, text] of Object.entries(FILES)) {
          mkdirSync(dirname(join(folder, name)), { recursive: true });
          writeFileSync(join(folder, name), text);
        }
        const snapshot = join(folder, "a.pyheapsnapshot");
        const args = [join(folder, "main.py"), agentFolder, snapshot, folder];
        const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
        const [items, shared, data] = execFileSync(python.path, args, { encoding: "utf8", env }).split(" ").map(Number);
        const rows = packages(await Session.open(snapshot));
        const kept = (name: string) => {
          const row = rows.find((one) => one.package === name)!;
          return row.retained - row.own;
        };
        // What else a module keeps: its name, its spec, the names in its dict.
        const OTHER = 8000;
        for (const [name, bytes] of [
          ["shop", items],
          ["fancy", data],
        ] as const) {
          assert.ok(kept(name) >= bytes && kept(name) < bytes + OTHER, `${name} keeps ${kept(name)} of ${bytes}`);
        }
        assert.ok(kept("__main__") < shared, "shared data is nobody's own");
        const fancy = rows.find((row) => row.package === "fancy")!;
        assert.equal(fancy.origin, "installed");
        assert.deepEqual(fancy.distribution, { name: "Fancy_Thing", version: "1.2" });
        const shop = rows.find((row) => row.package === "shop")!;
        assert.equal(shop.origin, "program");
        assert.deepEqual(shop.modules.map(({ name }) => name).sort(), ["shop", "shop.cart"]);
        const cart = shop.modules.find(({ name }) => name === "shop.cart")!;
        assert.ok(cart.retained - cart.own >= items);
        assert.ok(rows.some((row) => row.origin === "standard library"));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
