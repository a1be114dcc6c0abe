import assert from "node:assert/strict";
import { renderMessage } from "../../src/detect/messages.js";
import { unboundedCache } from "../../src/detect/rules/unboundedCache.js";
import type { NodeIndex } from "../../src/heap/HeapGraph.js";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";

interface Module {
  readonly heap: HeapBuilder;
  readonly dict: NodeIndex;
}

/** A module `app` with a function that uses the global NAME, at line 12 of the file. */
function moduleNamed(file: string, name: string): Module {
  const heap = new HeapBuilder();
  const modules = heap.node("dict", { kind: Kind.dict, outside: 1 });
  const module = heap.node("module", { kind: Kind.module, text: "app" });
  const dict = heap.node("dict", { kind: Kind.dict });
  const fn = heap.node("function", { kind: Kind.function, text: "get", location: { file, line: 12, name: "get" } });
  const code = heap.node("code", { kind: Kind.code });
  const names = heap.node("tuple", { kind: Kind.tuple });
  const [appText, nameText] = ["app", name].map((text) => heap.node("str", { kind: Kind.str, text }));
  heap.root("sys.modules", modules).edge(modules, module, "['app']").edge(module, dict, ".__dict__");
  heap.edge(dict, fn, "['get']").edge(dict, appText, "['__name__']").edge(fn, dict, ".__globals__");
  heap.edge(fn, code, ".__code__").owned(code, names, ".co_names").edge(names, nameText, "[0]");
  return { heap, dict };
}

function fill(heap: HeapBuilder, container: NodeIndex, count: number, size = 1000): NodeIndex[] {
  return Array.from({ length: count }, (_, i) => {
    const page = heap.node("Page", { size });
    heap.edge(container, page, `['key${i}']`);
    return page;
  });
}

function detect(heap: HeapBuilder): ReturnType<typeof unboundedCache.detect> {
  return unboundedCache.detect(new Analysis(heap.build()));
}

describe("unbounded-cache", () => {
  it("suspects a large dict of a module, and names the first function that uses it", () => {
    const { heap, dict } = moduleNamed("/srv/app.py", "PAGES");
    const cache = heap.node("dict", { kind: Kind.dict });
    heap.edge(dict, cache, "['PAGES']");
    fill(heap, cache, 200);
    const [finding, ...more] = detect(heap);
    assert.deepEqual(more, []);
    assert.equal(finding.severity, "warning");
    assert.match(renderMessage(finding.title), /^app\.PAGES holds 200 entries, 200 kB/);
    assert.match(renderMessage(finding.why), /200 of its 200 values \(100%\).*All alike: Page/);
    assert.deepEqual(finding.location, { file: "/srv/app.py", line: 12, name: "get" });
    assert.deepEqual(
      finding.path.map((step) => step.label),
      ["", "['app']", ".__dict__", "['PAGES']"],
    );
  });

  it("keeps quiet about a container whose entries others hold as well", () => {
    const { heap, dict } = moduleNamed("/srv/app.py", "INDEX");
    const index = heap.node("dict", { kind: Kind.dict });
    const owner = heap.node("list", { kind: Kind.list, outside: 1 });
    heap.edge(dict, index, "['INDEX']");
    for (const page of fill(heap, index, 200)) heap.edge(owner, page);
    assert.deepEqual(detect(heap), []);
  });

  it("keeps quiet about few entries, little memory, and the standard library's tables", () => {
    for (const [file, count, size] of [
      ["/srv/app.py", 50, 20_000],
      ["/srv/app.py", 200, 100],
      ["/usr/lib/python3.11/mimetypes.py", 200, 10_000],
    ] as const) {
      const { heap, dict } = moduleNamed(file, "TABLE");
      const table = heap.node("dict", { kind: Kind.dict });
      heap.edge(dict, table, "['TABLE']").edge(dict, heap.node("Rest", { size: 50_000_000 }), "['REST']");
      fill(heap, table, count, size);
      assert.deepEqual(detect(heap), [], `${file} ${count} ${size}`);
    }
  });

  it("needs few entries where they are a large part of the heap", () => {
    const { heap, dict } = moduleNamed("/srv/app.py", "FAILURES");
    const failures = heap.node("list", { kind: Kind.list });
    heap.edge(dict, failures, "['FAILURES']");
    for (let i = 0; i < 10; i++) heap.edge(failures, heap.node("Failure", { size: 1_000_000 }), `[${i}]`);
    const [finding] = detect(heap);
    assert.match(renderMessage(finding.title), /app\.FAILURES holds 10 entries, 10\.0 MB: perhaps a list/);
    assert.match(renderMessage(finding.fix!), /deque\(maxlen/);
  });

  it("does not take installed packages for the standard library", () => {
    const { heap, dict } = moduleNamed("/usr/lib/python3.11/site-packages/web.py", "SEEN");
    const seen = heap.node("list", { kind: Kind.list });
    heap.edge(dict, seen, "['SEEN']");
    fill(heap, seen, 200);
    assert.equal(detect(heap).length, 1);
  });

  it("finds caches in closures, default arguments and attributes of a module's object", () => {
    const { heap, dict } = moduleNamed("/srv/app.py", "service");
    const cell = heap.node("cell", { kind: Kind.cell });
    const tuple = heap.node("tuple", { kind: Kind.tuple });
    const location = { file: "/srv/app.py", line: 30, name: "wrapper" };
    const wrapper = heap.node("function", { kind: Kind.function, text: "memo.<locals>.wrapper", location });
    const inClosure = heap.node("dict", { kind: Kind.dict });
    heap.edge(dict, wrapper, "['wrapper']").edge(wrapper, tuple, ".__closure__").edge(tuple, cell, "[0]");
    heap.edge(cell, inClosure, "closure:memory");
    fill(heap, inClosure, 150, 3000);
    const defaults = heap.node("tuple", { kind: Kind.tuple });
    const inDefault = heap.node("list", { kind: Kind.list });
    heap.edge(wrapper, defaults, ".__defaults__").edge(defaults, inDefault, "[0]");
    fill(heap, inDefault, 150, 2000);
    const service = heap.node("app.Service");
    const inAttribute = heap.node("deque", { kind: Kind.deque });
    heap.edge(dict, service, "['service']").edge(service, inAttribute, ".jobs");
    fill(heap, inAttribute, 150, 1000);
    assert.deepEqual(
      detect(heap)
        .map((finding) => finding.title.arguments["name"])
        .sort(),
      ["a default argument of memo.<locals>.wrapper", "app.service.jobs", "memo.<locals>.wrapper, variable memory"],
    );
  });
});
