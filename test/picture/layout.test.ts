import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { LayoutError } from "../../src/picture/errors.js";
import { Layouter } from "../../src/picture/layout.js";
import { picture } from "../../src/session/queries/picture.js";
import { sourceOf, tangle } from "./heaps.js";
import { expansionsFor, requestOf, sketched } from "./requests.js";

const small = sketched(sourceOf(tangle(12, 20)));

/** With 200 references Graphviz takes a second or more. */
function largeSketch(references: number) {
  const session = sourceOf(tangle(60, references));
  return sketched(session, { expanded: expansionsFor(session, 60) });
}

const isAbort = (error: unknown) => error instanceof DOMException && error.name === "AbortError";

describe("the layout thread", () => {
  let layouter: Layouter;
  const large = largeSketch(200);
  beforeEach(() => {
    layouter = new Layouter();
  });
  afterEach(() => layouter.dispose());

  it("gives everything a place, in the sketch's order", async () => {
    const { boxes, arrows } = await layouter.layout(small);
    assert.equal(boxes.length, small.boxes.length);
    assert.equal(arrows.length, small.arrows.length);
    arrows.forEach(({ label }, i) => assert.equal(label === null, small.arrows[i].label === null));
  });

  it("answers in the order of the requests", async () => {
    const done: string[] = [];
    await Promise.all([
      layouter.layout(large).then(() => done.push("large")),
      layouter.layout(small).then(() => done.push("small")),
      layouter.layout({ ...small, boxes: [], arrows: [] }).then(({ boxes }) => done.push(`${boxes.length} boxes`)),
    ]);
    assert.deepEqual(done, ["large", "small", "0 boxes"]);
  });

  it("gives up at once when told to, and lays the next one out", async () => {
    await layouter.layout(small);
    const control = new AbortController();
    let outcome = "";
    const given = layouter.layout(large, control.signal).then(
      () => (outcome = "laid out"),
      (error: unknown) => (outcome = isAbort(error) ? "given up" : String(error)),
    );
    await turn();
    assert.equal(outcome, "");
    control.abort();
    await turn();
    assert.equal(outcome, "given up");
    await given;
    assert.equal((await layouter.layout(small)).boxes.length, small.boxes.length);
  });

  it("does not go on with what is given up", async () => {
    const other = new Layouter();
    const control = new AbortController();
    await Promise.all([layouter.layout(small), other.layout(small)]);
    // Takes longer than the large one, whose arrows are fewer.
    const given = assert.rejects(layouter.layout(largeSketch(250), control.signal), isAbort);
    const whole = other.layout(large).then(() => "the large one elsewhere");
    await turn();
    control.abort();
    await given;
    assert.equal(await Promise.race([layouter.layout(small).then(() => "the next one"), whole]), "the next one");
    other.dispose();
    await whole.catch(() => undefined);
  });

  it("gives up one that waits, without harm to the one in front of it", async () => {
    const control = new AbortController();
    const done: string[] = [];
    const first = layouter.layout(large).then(() => done.push("first"));
    const second = layouter.layout(small, control.signal).catch((error: unknown) => {
      assert.ok(isAbort(error));
      done.push("second given up");
    });
    const third = layouter.layout(small).then(() => done.push("third"));
    await turn();
    control.abort();
    await Promise.all([first, second, third]);
    assert.deepEqual(done, ["second given up", "first", "third"]);
  });

  it("does not begin where it is given up already, nor mind a signal afterwards", async () => {
    const order: string[] = [];
    const running = layouter.layout(large).then(() => order.push("running"));
    await assert.rejects(layouter.layout(small, AbortSignal.abort()), isAbort);
    order.push("given up");
    await running;
    assert.deepEqual(order, ["given up", "running"]);
    const control = new AbortController();
    const placed = await layouter.layout(small, control.signal);
    control.abort();
    assert.deepEqual(await layouter.layout(small), placed);
    await assert.rejects(picture(sourceOf(tangle(12, 20)), requestOf(), AbortSignal.abort()), isAbort);
  });

  it("ends what takes too long, with advice", async () => {
    const hurried = new Layouter(1);
    const tooLong = (error: unknown) => {
      assert.ok(error instanceof LayoutError);
      assert.match(error.message, new RegExp(`${large.boxes.length} boxes and ${large.arrows.length} arrows`));
      assert.match(error.advice, /fewer objects/);
      return true;
    };
    // The one behind it gets its turn.
    const [first, second] = [hurried.layout(large), hurried.layout(large)];
    await assert.rejects(first, tooLong);
    await assert.rejects(second, tooLong);
    hurried.dispose();
  });

  it("tells what went wrong, and works on", async () => {
    const broken = { ...small, boxes: small.boxes.map((box) => ({ ...box, width: NaN })) };
    await assert.rejects(layouter.layout(broken), LayoutError);
    assert.equal((await layouter.layout(small)).boxes.length, small.boxes.length);
  });

  it("is started again after its end", async () => {
    const before = await layouter.layout(small);
    layouter.dispose();
    assert.deepEqual(await layouter.layout(small), before);
    const running = layouter.layout(large);
    const rejected = assert.rejects(running, LayoutError);
    await turn();
    layouter.dispose();
    await rejected;
    assert.deepEqual(await layouter.layout(small), before);
  });
});
