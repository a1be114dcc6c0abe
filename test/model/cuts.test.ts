import assert from "node:assert/strict";
import { cutCode } from "../../src/detect/cutCode.js";
import { renderMessage } from "../../src/detect/messages.js";
import { cutIdiom, cutsFix, cutWhy, noCutWhy } from "../../src/detect/remedies.js";
import { HeapBuilder, type NodeOptions } from "../../src/heap/HeapBuilder.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { cutRows } from "../../src/session/queries/cutRows.js";
import { CUT_LIMIT, type CutSuggestion, suggestCuts } from "../../src/model/cuts/index.js";

const flags = Flag.heapType;
const line = (name: string, at = 7, file = "/app/tree.py") => ({ file, line: at, name });

/** A function of this name in the function `outer`, with its closure. */
function closureOver(heap: HeapBuilder, name: string, cells: readonly number[], file?: string): number {
  const options: NodeOptions = { kind: Kind.function, text: `outer.<locals>.${name}`, location: line(name, 7, file) };
  const fn = heap.node("function", options);
  const tuple = heap.node("tuple", { kind: Kind.tuple });
  heap.edge(fn, tuple, ".__closure__");
  cells.forEach((cell, i) => heap.edge(tuple, cell, `[${i}]`));
  return fn;
}

function suggested(heap: HeapBuilder): { readonly analysis: Analysis; readonly found: CutSuggestion } {
  const analysis = new Analysis(heap.build());
  const [{ cycles }] = analysis.families;
  return { analysis, found: suggestCuts(analysis, cycles[0].members) };
}

/** All texts of what is suggested. */
function texts(heap: HeapBuilder) {
  const { analysis, found } = suggested(heap);
  const fix = cutsFix(analysis.graph, found.cuts);
  return {
    labels: found.cuts.map((cut) => cut.label),
    kinds: [...new Set(found.cuts.map((cut) => cut.remedy.kind))],
    why: found.cuts.map((cut) => renderMessage(cutWhy(cut))),
    idiom: found.cuts.map((cut) => renderMessage(cutIdiom(analysis.graph, cut))),
    code: found.cuts.map((cut) => cutCode(analysis.graph, cut)),
    fix: fix && renderMessage(fix),
  };
}

/** Three functions that each close over all three variables that hold them, as in json's encoder. */
function threeClosures(version: readonly [number, number, number], file: string): HeapBuilder {
  const heap = new HeapBuilder(version);
  const cells = [1, 2, 3].map(() => heap.node("cell", { kind: Kind.cell }));
  ["walk", "walk_list", "walk_dict"].forEach((name, i) => {
    heap.edge(cells[i], closureOver(heap, name, cells, file), `closure:${name}`);
  });
  return heap;
}

describe("suggested cuts", () => {
  it("names all three cells of three closures, the function around them, and the way from outside", () => {
    const { labels, why, idiom, code, fix } = texts(threeClosures([3, 11, 0], "/app/tree.py"));
    assert.deepEqual(labels, ["closure:walk", "closure:walk_dict", "closure:walk_list"].sort());
    assert.ok(why.includes("the variable walk holds walk() (tree.py:7), and 3 functions of the cycle close over it"));
    assert.match(
      idiom[0],
      /^set walk = None in outer\(\) after the last use of the closure; where it outlives that call/,
    );
    assert.match(idiom[0], /del walk\w*\.__closure__\[\d\]\.cell_contents then; or write a class/);
    assert.deepEqual([...code].sort(), ["walk = None", "walk_dict = None", "walk_list = None"]);
    assert.match(fix!, /^set (walk\w* = ){3}None in outer\(\) after the last use of the closures; where they outlive/);
    assert.equal(fix!.match(/cell_contents/g)!.length, 3);
  });

  it("gives the caller of a library a line of code where the version has one", () => {
    const library = "/usr/lib/python3.11/json/encoder.py";
    const { code } = texts(threeClosures([3, 7, 0], library));
    for (const text of code) assert.match(text!, /^del walk\w*\.__closure__\[[012]\]\.cell_contents {2}# walk/);
    for (const version of [[2, 7, 18] as const, [3, 6, 15] as const]) {
      const old = texts(threeClosures(version, library));
      assert.deepEqual(old.code, [undefined, undefined, undefined]);
      assert.match(old.fix!, /from outside, this Python can't clear a cell/);
      assert.doesNotMatch(old.fix!, /cell_contents/);
    }
  });

  it("suggests one change in the source, not one for each reference", () => {
    const heap = new HeapBuilder();
    const root = heap.node("Node", { flags });
    const children = heap.node("list", { kind: Kind.list });
    heap.edge(root, children, ".children");
    for (let i = 0; i < 8; i++) {
      const child = heap.node("Leaf", { flags });
      heap.edge(children, child, `[${i}]`).edge(child, root, ".parent");
    }
    const { labels, kinds, code, fix } = texts(heap);
    assert.deepEqual(
      labels,
      Array.from({ length: 8 }, () => ".parent"),
    );
    assert.deepEqual(kinds, ["weak-parent"]);
    assert.equal(code[0], "self.parent = weakref.ref(parent)");
    assert.equal(fix, "hold it weakly: self.parent = weakref.ref(parent), and read it as self.parent()");
  });

  it("finds an attribute in the __dict__ of versions that have one", () => {
    const heap = new HeapBuilder([3, 8, 0]);
    const [a, b] = [heap.node("app.Child", { flags }), heap.node("app.Parent", { flags })];
    const [da, db] = [heap.node("dict", { kind: Kind.dict }), heap.node("dict", { kind: Kind.dict })];
    heap.edge(a, da, ".__dict__").edge(b, db, ".__dict__").edge(da, b, "['_parent']").edge(db, a, "['child']");
    const { labels, why, code } = texts(heap);
    assert.deepEqual(labels, ["['_parent']"]);
    assert.deepEqual(why, ["the Child keeps its _parent, the Parent, which keeps the Child"]);
    assert.deepEqual(code, ["self._parent = weakref.ref(parent)"]);
  });

  it("captures self weakly instead of emptying a variable that holds it", () => {
    const heap = new HeapBuilder();
    const cell = heap.node("cell", { kind: Kind.cell });
    const button = heap.node("Button", { flags });
    heap.edge(button, closureOver(heap, "on_click", [cell]), ".on_click").edge(cell, button, "closure:self");
    const { kinds, code, why } = texts(heap);
    assert.deepEqual(kinds, ["weak-capture"]);
    assert.deepEqual(why, ["on_click() closes over self, the Button that keeps it"]);
    assert.deepEqual(code, ["self_ref = weakref.ref(self)"]);
  });

  it("holds a bound method by weakref.WeakMethod, in an attribute and in a list", () => {
    for (const stored of ["attribute", "list"] as const) {
      for (const version of [[3, 11, 0] as const, [2, 7, 18] as const]) {
        const heap = new HeapBuilder(version);
        const listener = heap.node("Listener", { flags });
        const method = heap.node("method", { kind: Kind.method });
        const fn = heap.node("function", { kind: Kind.function, text: "Listener.on_event" });
        heap.edge(method, fn, ".__func__").edge(method, listener, ".__self__");
        if (stored === "attribute") heap.edge(listener, method, ".callback");
        else {
          const list = heap.node("list", { kind: Kind.list });
          heap.edge(listener, list, ".callbacks").edge(list, method, "[0]");
        }
        const { kinds, idiom, code } = texts(heap);
        assert.deepEqual(kinds, ["weak-method"]);
        const text =
          stored === "attribute" ? "self.callback instead of self.on_event" : "self.callbacks instead of obj.on_event";
        assert.ok(idiom[0].includes(text), idiom[0]);
        assert.equal(idiom[0].includes("WeakMethod"), version[0] === 3);
        if (version[0] < 3) assert.deepEqual(code, [undefined]);
        else if (stored === "attribute") assert.deepEqual(code, ["self.callback = weakref.WeakMethod(self.on_event)"]);
        else assert.deepEqual(code, ["weakref.WeakMethod(obj.on_event)"]);
      }
    }
  });

  it("deletes the variable of an exception, but does without its traceback where it is stored", () => {
    const local = new HeapBuilder();
    const stored = new HeapBuilder();
    for (const heap of [local, stored]) {
      const exception = heap.node("ValueError", { kind: Kind.exception });
      const traceback = heap.node("traceback", { kind: Kind.traceback });
      const frame = heap.node("frame", { kind: Kind.frame, text: "Job.run", location: line("run") });
      heap.edge(exception, traceback, ".__traceback__").edge(traceback, frame, ".tb_frame");
      if (heap === local) heap.edge(frame, exception, "local:error");
      else {
        const job = heap.node("Job", { flags });
        heap.edge(frame, job, "local:self").edge(job, exception, ".error");
      }
    }
    assert.deepEqual(texts(local).code, ["del error"]);
    assert.deepEqual(texts(local).idiom, ["del error in a finally block of run(), when the exception is handled"]);
    assert.deepEqual(texts(stored).code, ["self.error.__traceback__ = None"]);
  });

  it("takes entries out of containers, in the names that they have", () => {
    const entry = (container: string, kind: Kind, label: string, attribute?: string) => {
      const heap = new HeapBuilder();
      const [a, held] = [heap.node("Item", { flags }), heap.node(container, { kind })];
      heap.edge(held, a, label);
      if (attribute === undefined) {
        const slot = heap.node("tuple", { kind: Kind.tuple });
        heap.edge(a, slot, ".__slot__").edge(slot, held, "[0]");
      } else heap.edge(a, held, attribute);
      return texts(heap);
    };
    const dict = entry("dict", Kind.dict, "['key']", ".table");
    assert.match(dict.idiom[0], /^take the entry out of self\.table when .* weakref\.WeakValueDictionary$/);
    assert.deepEqual(dict.code, ["self.table.pop('key')"]);
    assert.deepEqual(entry("dict", Kind.dict, "['it''s']", ".table").code, [undefined]);
    assert.match(entry("set", Kind.set, "", ".group").idiom[0], /self\.group .* weakref\.WeakSet$/);
    assert.match(entry("list", Kind.list, "[3]").idiom[0], /^take it out of the list when/);
    assert.deepEqual(entry("frozenset", Kind.set, "", ".group").kinds, ["clear-container"]);
  });

  it("clears the namespace that functions were made in, as one change", () => {
    const heap = new HeapBuilder();
    const namespace = heap.node("dict", { kind: Kind.dict });
    for (const name of ["f", "g"]) {
      const fn = heap.node("function", { kind: Kind.function, text: name });
      heap.edge(fn, namespace, ".__globals__").edge(namespace, fn, `['${name}']`);
    }
    const { labels, fix } = texts(heap);
    assert.deepEqual(labels, ["['f']", "['g']"]);
    assert.equal(fix, "clear the namespace when it is done with: namespace.clear()");
  });

  it("says why there is none: a class, references of the interpreter, or a cycle too large", () => {
    const ofClass = new HeapBuilder();
    const type = ofClass.node("type", { kind: Kind.type, text: "make.<locals>.Local" });
    const mro = ofClass.node("tuple", { kind: Kind.tuple });
    ofClass.edge(type, mro, ".__mro__").edge(mro, type, "[0]");
    const internal = new HeapBuilder();
    internal.ring(internal.node("_io.Reader"), internal.node("_io.Buffer"));
    const large = new HeapBuilder();
    large.ring(...Array.from({ length: CUT_LIMIT + 1 }, () => large.node("Node", { flags })));
    const reasons = [ofClass, internal, large].map((heap) => {
      const { found } = suggested(heap);
      assert.deepEqual(found.cuts, []);
      return renderMessage(noCutWhy(found)!);
    });
    assert.match(reasons[0], /^the class Local is part of the cycle/);
    assert.match(reasons[1], /^the _io\.Reader is in a cycle of references that no Python code can take away/);
    assert.match(reasons[2], /up to 20,000 objects$/);
  });

  it("never puts a name of the heap into code that is not a name", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("Node", { flags }), heap.node("Node", { flags })];
    heap.edge(a, b, ".x; import os").edge(b, a, ".y\u202e");
    const { code, idiom } = texts(heap);
    assert.deepEqual(code, [undefined]);
    assert.doesNotMatch(idiom[0], /\u202e/);
  });

  it("chooses by names, not by addresses", () => {
    for (const turned of [false, true]) {
      const heap = new HeapBuilder();
      const [a, b] = [heap.node("User", { flags }), heap.node("User", { flags })];
      const [x, y] = turned ? [".user", ".session"] : [".session", ".user"];
      heap.edge(a, b, x).edge(b, a, y);
      assert.deepEqual(texts(heap).labels, [".session"]);
    }
  });

  it("says where it can't prove that nothing takes less effort", () => {
    for (const count of [3, 40]) {
      const heap = new HeapBuilder();
      const nodes = Array.from({ length: count }, (_, i) => heap.node(`Node${i}`, { flags }));
      for (const [i, a] of nodes.entries()) {
        for (const [j, b] of nodes.entries()) if (i !== j) heap.edge(a, b, `.to${j}`);
      }
      const { analysis, found } = suggested(heap);
      assert.equal(found.cuts.length, (count * (count - 1)) / 2);
      assert.equal(found.exact, count < 15);
      const { cutsNote } = cutRows(analysis, analysis.families[0].cycles[0].members);
      assert.equal(cutsNote, count < 15 ? undefined : "found by a heuristic: other cuts may take less effort");
    }
  });
});
