import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type BuildOptions } from "esbuild";
import type { HeapGraph, SourceLocation } from "../../src/heap/HeapGraph.js";
import { sourceFile } from "../../src/session/queries/sourceFile.js";
import { Session } from "../../src/session/Session.js";
import { SourceFiles } from "../../src/session/SourceFiles.js";
import { draft, heapOf, read } from "../formats/v8Heap.js";

const STORE = `// The store of sessions.
export class SessionStore {
  entries = new Map<string, object>();
  add(key: string, value: object): void {
    this.entries.set(key, value);
  }
}

export function makeHandler(bigArgument: number[]) {
  return (eventArgument: unknown) => [eventArgument, bigArgument.length];
}
`;
const MAIN = `import { makeHandler, SessionStore } from "./lib/store";

const registry = new Map<string, unknown>();
export const lookUp = async (wantedKey: string) => registry.get(wantedKey);
const store = new SessionStore();
store.add("first", makeHandler([1]));
console.log(lookUp, registry, store);
`;

interface Map3 {
  version: number;
  sources: (string | null)[];
  sourcesContent?: (string | null)[];
  sourceRoot?: string;
  names: string[];
  mappings: string;
}

const emptyHeap = () => read(heapOf({ root: draft("synthetic", "") }));

describe("session: source maps", () => {
  let folder: string;
  let graph: HeapGraph;
  const path = (...parts: string[]) => join(folder, ...parts);
  const put = (file: string, text: string) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
    return path(file);
  };

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "ouroboros-maps-")));
    put("src/lib/store.ts", STORE);
    put("src/main.ts", MAIN);
    graph = await emptyHeap();
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Bundles the program into a folder of its own, all on one line. */
  async function bundle(out: string, options: BuildOptions = {}): Promise<string> {
    const outfile = path(out, "app.js");
    const common = { bundle: true, minify: true, sourcemap: true, logLevel: "silent" } as const;
    await build({ entryPoints: [path("src/main.ts")], outfile, format: "cjs", ...common, ...options });
    return outfile;
  }

  /** Where a text stands in a file: the place behind its last character, as V8's of a function is. */
  function behind(file: string, pattern: RegExp, name = "", text = readFileSync(file, "utf8")): SourceLocation {
    const found = pattern.exec(text);
    assert.ok(found, `${pattern} is not in ${text}`);
    const lines = text.slice(0, found.index + found[0].length).split("\n");
    return { file, line: lines.length, column: lines.at(-1)!.length + 1, name };
  }

  /** What makeHandler is called in a bundle, and V8's place of it. */
  function handler(file: string): SourceLocation {
    const [, name] = /function (\w+)\(\w+\)\{return/.exec(readFileSync(file, "utf8"))!;
    return behind(file, new RegExp(`function ${name}`), name);
  }

  const refine = (location: SourceLocation) => new SourceFiles(graph).refine(location);
  /** As for another snapshot: what is known of scripts is kept by snapshot. */
  const refineAnew = async (location: SourceLocation) => new SourceFiles(await emptyHeap()).refine(location);
  const inStore = (line: number, column: number) => ({ file: path("src/lib/store.ts"), line, column });

  it("lead from a minified bundle to the original file, line, column and name", async () => {
    const file = await bundle("external");
    const { line, column, name } = handler(file);
    assert.equal(line, 1);
    assert.equal(name.length, 1);
    const generated = { file, line, column };
    assert.deepEqual(refine(handler(file)), { ...inStore(9, 17), name: "makeHandler", generated });
    const method = behind(file, /[;}]add/, "add");
    assert.deepEqual(refine(method), {
      ...{ ...inStore(4, 3), name: "add" },
      generated: { file, line: 1, column: method.column },
    });
    const main = { file: path("src/main.ts"), line: 4 };
    const [, arrow] = /(\w+)=async/.exec(readFileSync(file, "utf8"))!;
    const { generated: _, column: __, ...place } = refine(behind(file, /(?<![\w$])\w+=(?=async)/, arrow));
    assert.deepEqual(place, { ...main, name: "lookUp" });
  });

  it("do not take the name of a parameter for that of the function", async () => {
    const file = await bundle("external");
    const arrow = behind(file, /return (?=\w=>)/);
    assert.deepEqual([refine(arrow).name, refine(arrow).line], ["", 10]);
    const [, parameter] = /return (\w)=>/.exec(readFileSync(file, "utf8"))!;
    assert.equal(refine({ ...arrow, name: parameter }).name, parameter);
  });

  it("lead to the place where a class or a variable is defined", async () => {
    const file = await bundle("external");
    const sources = new SourceFiles(graph);
    const from = behind(file, /console\.log/);
    const [, registry, store] = /(\w+)=new Map,.*?(\w+)=new \w+;/.exec(readFileSync(file, "utf8"))!;
    const global = sources.refine(from, { kind: "global", name: registry });
    assert.deepEqual([global.file, global.line, global.column], [path("src/main.ts"), 3, 7]);
    assert.equal(global.name, "registry");
    const enclosing = sources.refine(from, { kind: "enclosing", name: store });
    assert.deepEqual([enclosing.file, enclosing.line, enclosing.name], [path("src/main.ts"), 5, "store"]);
    const attribute = sources.refine(handler(file), { kind: "variable", name: "this.entries" });
    assert.deepEqual([attribute.file, attribute.line], [path("src/lib/store.ts"), 3]);
    const nowhere = sources.refine(handler(file), { kind: "variable", name: "this.nothing" });
    assert.deepEqual(nowhere, refine(handler(file)));
  });

  it("may stand in the script itself", async () => {
    for (const [out, sourcesContent] of Object.entries({ inline: true, "inline, no texts": false })) {
      const file = await bundle(out, { sourcemap: "inline", sourcesContent });
      assert.match(readFileSync(file, "utf8"), /sourceMappingURL=data:/);
      const { generated: _, ...place } = refine(handler(file));
      assert.deepEqual(place, { ...inStore(9, 17), name: "makeHandler" });
    }
    const file = await bundle("inline, percent signs");
    const map = encodeURIComponent(readFileSync(`${file}.map`, "utf8"));
    const text = readFileSync(file, "utf8").replace(/sourceMappingURL=.*/, `sourceMappingURL=data:,${map}`);
    writeFileSync(file, text);
    assert.equal(refine(handler(file)).line, 9);
  });

  it("are found by every form of their URL", async () => {
    const file = await bundle("forms");
    const text = readFileSync(file, "utf8");
    const map = readFileSync(`${file}.map`, "utf8");
    put("forms/maps/of app.js.map", map.replaceAll("../src", "../../src"));
    const moved = path("forms/maps/of app.js.map");
    for (const comment of [
      "//# sourceMappingURL=app.js.map",
      "//@ sourceMappingURL=app.js.map  \n\n",
      "/*# sourceMappingURL=app.js.map */",
      "//# sourceMappingURL=app.js.map?v=1#x",
      "//# sourceMappingURL=maps/of%20app.js.map",
      `//# sourceMappingURL=${pathToFileURL(moved).href}`,
      `//# sourceMappingURL=${moved.replaceAll(" ", "%20")}`,
      "//# sourceMappingURL=https://cdn.example/static/app.js.map?v=1",
      "//# sourceMappingURL=/static/app.js.map",
      "//# sourceMappingURL=other.map\n//# sourceMappingURL=app.js.map",
      "//# sourceMappingURL=app.js.map\n// the end\n/* of it */\n",
    ]) {
      writeFileSync(file, text.replace(/\/\/# sourceMappingURL=.*\n/, comment));
      assert.equal(refine(handler(file)).file, path("src/lib/store.ts"), comment);
    }
    for (const comment of [
      "",
      'let s = "//# sourceMappingURL=app.js.map";',
      "//# sourceMappingURL=app.js.map\nfurther();\n",
      "//# sourceMappingURL=",
    ]) {
      writeFileSync(
        file,
        text.replace(/\/\/# sourceMappingURL=.*\n/, () => comment),
      );
      assert.deepEqual(refine(handler(file)), handler(file), comment);
    }
  });

  it("are followed for scripts that V8 calls by a URL", async () => {
    const file = await bundle("a folder");
    const { href } = pathToFileURL(file);
    assert.match(href, /a%20folder/);
    const { generated, ...place } = refine({ ...handler(file), file: href });
    assert.deepEqual(place, { ...inStore(9, 17), name: "makeHandler" });
    assert.equal(generated?.file, file);
    assert.equal(refine({ ...handler(file), file: "file:///no/such/app.js" }).file, "/no/such/app.js");
    assert.equal(refine({ ...handler(file), file: "http://x/app.js" }).file, "http://x/app.js");
    // Found by whoever asks.
    const session = new Session("test.heapsnapshot", graph);
    const location = { ...handler(file), file: "http://x/app.js" };
    const told = sourceFile(session, { file: location.file, location, script: file });
    assert.deepEqual(told.location, { ...place, generated: { ...generated, file: "http://x/app.js" } });
    assert.deepEqual([told.path, told.size], [path("src/lib/store.ts"), Buffer.byteLength(STORE)]);
  });

  /** Changes the map of a bundle; the names of its sources are relative to the folder of all, and in its order. */
  function bend(file: string, change: (map: Map3, names: readonly string[]) => void): void {
    const map = JSON.parse(readFileSync(`${file}.map`, "utf8")) as Map3;
    change(
      map,
      map.sources.map((source) => source!.replace("../", "")),
    );
    writeFileSync(`${file}.map`, JSON.stringify(map));
  }
  const isStore = (name: string) => name.endsWith("store.ts");

  it("resolve sources against the map, its sourceRoot, or the bundler's own names", async () => {
    const cases: [title: string, root: string | undefined, nameOf: (name: string) => string][] = [
      ["a root", "../src", (name) => name.replace("src/", "")],
      ["a root that is a path", folder, (name) => name],
      ["a root that is a URL", pathToFileURL(folder).href, (name) => name],
      ["absolute paths", undefined, (name) => path(name)],
      ["file URLs", undefined, (name) => pathToFileURL(path(name)).href],
      ["webpack", undefined, (name) => `webpack://app/./${name}`],
      ["webpack without a name", undefined, (name) => `webpack:///./${name}?ab12`],
      ["a root of webpack", "webpack:///", (name) => name],
      ["a query", undefined, (name) => `../${name}?vue&type=script`],
    ];
    for (const [title, root, nameOf] of cases) {
      const file = await bundle(title);
      bend(file, (map, names) => {
        if (root !== undefined) map.sourceRoot = root;
        map.sources = names.map(nameOf);
      });
      const { file: found, line } = refine(handler(file));
      assert.deepEqual([title, found, line], [title, path("src/lib/store.ts"), 9]);
    }
  });

  it("leave names of sources that are not here as they are", async () => {
    for (const name of ["webpack://app/src/gone/store.ts", "https://example.com/store.ts", "webpack://app/store.ts"]) {
      const file = await bundle("gone");
      bend(file, (map, names) => {
        map.sources = names.map((own) => (isStore(own) ? name : "webpack://app/main.ts"));
      });
      assert.deepEqual([refine(handler(file)).file, refine(handler(file)).line], [name, 9]);
    }
    const file = await bundle("moved");
    bend(file, (map, names) => {
      map.sources = names.map((own) => (isStore(own) ? "../gone/store.ts" : null));
    });
    assert.equal(refine(handler(file)).file, path("gone/store.ts"));
    assert.deepEqual(refine(behind(file, /console/)), behind(file, /console/));
    const windows = await bundle("of Windows");
    bend(windows, (map, names) => {
      map.sources = names.map((own) => (isStore(own) ? "C:\\app\\store.ts" : null));
    });
    assert.equal(refine(handler(windows)).file, "C:\\app\\store.ts");
  });

  it("never take the bundle for the source of the same name", async () => {
    const file = await bundle("same");
    bend(file, (map, names) => {
      map.sources = names.map((own) => (isStore(own) ? "webpack://app/app.js" : "webpack://app/main.ts"));
      map.sourcesContent = names.map(() => readFileSync(file, "utf8"));
    });
    assert.equal(refine(handler(file)).file, "webpack://app/app.js");
    // A bare name is enough where the file above has the same text.
    put("app.js", readFileSync(file, "utf8"));
    assert.equal((await refineAnew(handler(file))).file, path("app.js"));
    put("app.js", "of another size");
    assert.equal((await refineAnew(handler(file))).file, "webpack://app/app.js");
  });

  it("may have sections", async () => {
    const first = await bundle("sections/first");
    const second = await bundle("sections/second", { sourcesContent: false });
    const texts = [first, second].map((file) => readFileSync(file, "utf8").replace(/\/\/# .*\n/, ""));
    const maps = [first, second].map((file) => JSON.parse(readFileSync(`${file}.map`, "utf8")) as Map3);
    for (const map of maps) map.sources = map.sources.map((source) => source!.replace("../../", "../"));
    const whole = `banner();${texts.join("")}//# sourceMappingURL=whole.js.map\n`;
    const file = put("sections/whole.js", whole);
    const line = texts[0].split("\n").length - 1;
    const sections = [
      { offset: { line: 0, column: "banner();".length }, map: maps[0] },
      {
        offset: { line, column: 0 },
        map: { version: 3, sections: [{ offset: { line: 0, column: 0 }, map: maps[1] }] },
      },
      { offset: { line: 1e9, column: 0 }, map: maps[1] },
    ];
    put("sections/whole.js.map", JSON.stringify({ version: 3, sections }));
    const one = handler(file);
    const other = { ...handler(second), file, line: line + 1 };
    assert.equal(one.line, 1);
    assert.equal(other.line, 2);
    for (const place of [one, other]) {
      const { generated: _, ...found } = refine(place);
      assert.deepEqual(found, { ...inStore(9, 17), name: "makeHandler" });
    }
    assert.deepEqual(refine({ file, line: 1, column: 3, name: "" }), { file, line: 1, column: 3, name: "" });
  });

  it("tell why one that is named is not followed, and the script's own line stands", async () => {
    const file = await bundle("broken");
    const whole = readFileSync(`${file}.map`, "utf8");
    const valid = JSON.parse(whole) as Map3;
    const cases: [RegExp, () => void][] = [
      [/is not on this computer \(.*app\.js\.map\)$/, () => rmSync(`${file}.map`)],
      [/is no JSON$/, () => writeFileSync(`${file}.map`, whole.slice(0, -20))],
      [/is no JSON$/, () => writeFileSync(`${file}.map`, "")],
      [/is malformed$/, () => writeFileSync(`${file}.map`, "null")],
      [/is malformed$/, () => writeFileSync(`${file}.map`, JSON.stringify({ ...valid, mappings: 5 }))],
      [/is malformed$/, () => writeFileSync(`${file}.map`, JSON.stringify({ ...valid, sources: {} }))],
      [/is malformed$/, () => writeFileSync(`${file}.map`, JSON.stringify({ ...valid, sources: [5] }))],
      [/is not of version 3/, () => writeFileSync(`${file}.map`, JSON.stringify({ ...valid, version: 2 }))],
      [/is malformed$/, () => writeFileSync(`${file}.map`, JSON.stringify({ version: 3, sections: [null] }))],
      [/has sections elsewhere/, () => writeFileSync(`${file}.map`, '{"version":3,"sections":[{"url":"x"}]}')],
      [/is malformed$/, () => writeFileSync(`${file}.map`, nested(100))],
      [/is too large: 70000000 bytes, where 67108864 are read$/, () => truncateSync(`${file}.map`, 70_000_000)],
      [
        /is too large: more than 8000000 places$/,
        () => writeFileSync(`${file}.map`, JSON.stringify({ ...valid, mappings: `AAAA${",CAAC".repeat(8_000_001)}` })),
      ],
    ];
    for (const [reason, damage] of cases) {
      writeFileSync(`${file}.map`, whole);
      damage();
      const { unmapped, ...place } = await refineAnew(handler(file));
      assert.deepEqual(place, handler(file));
      assert.match(unmapped ?? "none", reason);
      assert.ok(unmapped!.startsWith(`the source map of ${file} `));
    }
  });

  function nested(depth: number): string {
    const [open, close] = ['{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":', "}]}"];
    return `${open.repeat(depth)}null${close.repeat(depth)}`;
  }

  it("are no worse than none where they lead nowhere", async () => {
    const file = await bundle("odd");
    const whole = JSON.parse(readFileSync(`${file}.map`, "utf8")) as Map3;
    for (const mappings of [
      "",
      ";;;;",
      "A",
      "!!!!",
      "\u{1f600}",
      "AAAAAAAAAAAAA",
      "gggggggggggggggggB",
      "ADDD",
      "AEAA",
    ]) {
      writeFileSync(`${file}.map`, JSON.stringify({ ...whole, mappings }));
      const found = await refineAnew(handler(file));
      assert.ok(found.line >= 1 && found.column! >= 1 && typeof found.file === "string", JSON.stringify(found));
      assert.equal(typeof found.name, "string");
    }
    writeFileSync(`${file}.map`, `)]}'\n${JSON.stringify({ ...whole, names: undefined, sourceRoot: 5 })}`);
    const { line, name } = await refineAnew(handler(file));
    assert.deepEqual([line, name], [9, handler(file).name]);
    // Lines beyond the script's end take no memory.
    writeFileSync(`${file}.map`, JSON.stringify({ ...whole, mappings: whole.mappings + ";".repeat(60 << 20) }));
    const before = process.memoryUsage().heapUsed;
    assert.equal((await refineAnew(handler(file))).line, 9);
    assert.ok(process.memoryUsage().heapUsed - before < 300e6);
  });

  it("are read again when the script has changed, and not otherwise", async () => {
    const file = await bundle("fresh");
    assert.equal(refine(handler(file)).line, 9);
    const old = handler(file);
    rmSync(`${file}.map`);
    assert.equal(refine(old).line, 9);
    writeFileSync(file, `\n${readFileSync(file, "utf8")}`);
    assert.match(refine(handler(file)).unmapped ?? "", /is not on this computer/);
  });

  it("are not looked for over the network, nor for what is no file", () => {
    for (const file of [
      "\\\\host\\share\\app.js",
      "file://host/share/app.js",
      "//host/share/app.js",
      folder,
      "app.js",
    ]) {
      const { line, column } = refine({ file, line: 3, column: 4, name: "f" });
      assert.deepEqual([line, column], [3, 4], file);
    }
    assert.deepEqual(refine({ file: "node:internal/timers", line: 1, name: "f" }), {
      ...{ file: "node:internal/timers", line: 1, name: "f" },
    });
  });
});
