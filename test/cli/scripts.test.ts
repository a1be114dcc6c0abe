import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build as bundle } from "esbuild";
import type { SourceLocation } from "../../src/heap/HeapGraph.js";
import { openHeap } from "../../src/session/open.js";
import { sourceFile } from "../../src/session/queries/sourceFile.js";
import { Session } from "../../src/session/Session.js";
import { build, ouroboros } from "./run.js";

const TREE = `// Nodes that know their parents.
export class TreeNode {
  children: TreeNode[] = [];
  constructor(readonly parent: TreeNode | undefined) {
    parent?.children.push(this);
  }
}

export function makeListener(subject: TreeNode) {
  return { onChange: () => subject, subject };
}
`;
const MAIN = `import { writeHeapSnapshot } from "node:v8";
import { makeListener, TreeNode } from "./model/tree";

const everySession = new Map<number, unknown>();
export function addSession(sessionNumber: number): void {
  const parent = new TreeNode(undefined);
  new TreeNode(parent);
  everySession.set(sessionNumber, makeListener(parent));
}
for (let i = 0; i < 500; i++) addSession(i);
(globalThis as { kept?: unknown }).kept = [everySession, addSession, makeListener];
writeHeapSnapshot(process.argv[2]);
`;

interface Located {
  readonly location?: SourceLocation;
}

/** Programs bundled and minified to one line, as ES module and as CommonJS, whose snapshots Node wrote. */
for (const [title, format, file] of [
  ["CommonJS", "cjs", "app.cjs"],
  ["ES module", "esm", "app.mjs"],
] as const) {
  describe(`cli: places in a minified ${title}`, () => {
    let folder: string;
    let script: string;
    let snapshot: string;
    const path = (...parts: string[]) => join(folder, ...parts);

    before(async () => {
      build();
      folder = realpathSync(mkdtempSync(join(tmpdir(), "ouroboros-scripts-")));
      mkdirSync(path("src", "model"), { recursive: true });
      writeFileSync(path("src", "model", "tree.ts"), TREE);
      writeFileSync(path("src", "main.ts"), MAIN);
      script = path("dist of it", file);
      const options = { format, bundle: true, minify: true, sourcemap: true, platform: "node" } as const;
      await bundle({ entryPoints: [path("src", "main.ts")], outfile: script, ...options });
      snapshot = path("app.heapsnapshot");
      execFileSync(process.execPath, [script, snapshot], { stdio: ["ignore", "ignore", "inherit"] });
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    async function json<T>(...args: string[]): Promise<T> {
      const { code, stdout, stderr } = await ouroboros([...args, "--json"]);
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout) as T;
    }

    /** The functions and objects of the bundle by where the snapshot alone has them. */
    async function nodesOfBundle(): Promise<{ id: string; location: SourceLocation }[]> {
      const graph = await openHeap(snapshot);
      return [...graph.columns.id.keys()]
        .map((node) => ({ id: graph.idText(node), location: graph.location(node)! }))
        .filter(({ location }) => location?.file.endsWith(file));
    }

    it("are those of the original files: `object`", async () => {
      const nodes = await nodesOfBundle();
      assert.ok(nodes.every(({ location }) => location.line === 1));
      const text = readFileSync(script, "utf8");
      const wanted = [
        [/function (\w+)\(\w+\)\{return\{onChange/, "makeListener", "tree.ts", 9],
        [/function (\w+)\(\w+\)\{let/, "addSession", "main.ts", 5],
      ] as const;
      for (const [pattern, name, original, line] of wanted) {
        const found = pattern.exec(text)!;
        const column = found.index + "function ".length + found[1].length + 1;
        const { id } = nodes.find(({ location }) => location.column === column)!;
        const { location } = await json<Located>("object", snapshot, id);
        assert.ok(location);
        assert.equal(location.file, path("src", ...(original === "tree.ts" ? ["model"] : []), original));
        assert.deepEqual([location.line, location.name], [line, name]);
        assert.deepEqual(location.generated, { file: script, line: 1, column });
        const { stdout } = await ouroboros(["object", snapshot, id]);
        assert.match(stdout.split("\n")[0], new RegExp(`${original}:${line}$`));
      }
    });

    it("are those of the original files: `cycles`, `report`", async () => {
      const { families } = await json<{ families: (Located & { count: number })[] }>("cycles", snapshot);
      const ring = families.find(({ count }) => count === 500);
      assert.deepEqual(
        [ring?.location?.file, ring?.location?.line, ring?.location?.name],
        [path("src", "model", "tree.ts"), 4, "TreeNode"],
      );
      const { findings } = await json<{ findings: (Located & { path: Located[] })[] }>("report", snapshot, "--all");
      const located = findings.flatMap((finding) => [finding, ...finding.path]).filter(({ location }) => location);
      const own = located.filter(({ location }) => location!.file.startsWith(folder));
      assert.ok(own.length > 0);
      const cache = findings.find(({ location }) => location?.name === "everySession")?.location;
      assert.deepEqual([cache?.file, cache?.line], [path("src", "main.ts"), 4]);
      // The bundle's own function, around all that is in it, has no original.
      const isBundle = ({ file, line, column }: SourceLocation) => file === script && line === 1 && column === 1;
      for (const { location } of own) assert.ok(location!.file.endsWith(".ts") || isBundle(location!), location!.file);
      assert.ok(own.some(({ location }) => location!.file.endsWith(".ts")));
    });

    it("are found by the views when they are gone to", async () => {
      const session = await Session.open(snapshot);
      const { location } = (await nodesOfBundle()).find(({ location: { name } }) => name === "onChange")!;
      const told = sourceFile(session, { file: location.file, location });
      assert.equal(told.path, path("src", "model", "tree.ts"));
      assert.equal(told.size, Buffer.byteLength(TREE));
      assert.deepEqual([told.location?.line, told.location?.name], [10, "onChange"]);
    });

    it("are the same of a snapshot that is compressed with gzip", async () => {
      const { id } = (await nodesOfBundle()).find(({ location: { name } }) => name === "onChange")!;
      writeFileSync(`${snapshot}.gz`, gzipSync(readFileSync(snapshot), { level: 1 }));
      const unpacked = await json<Located>("object", snapshot, id);
      assert.deepEqual(await json<Located>("object", `${snapshot}.gz`, id), unpacked);
      assert.equal(unpacked.location?.line, 10);
    });

    it("say why the map is not followed, and are those of the bundle then", async () => {
      const { id } = (await nodesOfBundle()).find(({ location: { name } }) => name === "onChange")!;
      rmSync(`${script}.map`);
      const { location } = await json<Located>("object", snapshot, id);
      assert.deepEqual([location?.file, location?.line], [script, 1]);
      assert.match(location?.unmapped ?? "", /app\.[cm]js\.map\)$/);
    });
  });
}
