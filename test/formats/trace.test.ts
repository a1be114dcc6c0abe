import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { bytesSource } from "../../src/formats/ByteSource.js";
import { SnapshotError, type SnapshotErrorCode } from "../../src/formats/errors.js";
import { TraceEventError } from "../../src/formats/trace/errors.js";
import type { TraceSink } from "../../src/formats/trace/events.js";
import { LineReader } from "../../src/formats/trace/LineReader.js";
import { isTraceSource, readTrace } from "../../src/formats/trace/reader.js";

const FIELDS = {
  format: "pymalloctrace",
  version: 1,
  runtime: [3, 12, 1],
  poolBytes: 16384,
  arenaBytes: 1048576,
  alignment: 16,
  header: 48,
};
const HEADER = JSON.stringify(FIELDS);
const EVENTS = `[7f00001000
+7f00002030 40
+7F00002060 513
# a remark
~7f00002030 7f00003030 64
-7f00003030
=quiet current=1 total=3 reclaimed=2 highwater=2 later=7 32=1/2/3 16=4/5/6
]7f00001000
=bare
+fffffffffffff 999999999999999
`;
const TRACE = `${HEADER}\n${EVENTS}`;
const READ = [
  "header 3.12.1 512 false",
  "taken 545460850688",
  "allocate 545460854832 40",
  "allocate 545460854880 513",
  "move 545460854832 545460858928 64",
  "release 545460858928",
  'mark quiet line 8 {"current":1,"total":3,"reclaimed":2,"highwater":2,"classes":[{"size":16,"pools":4,"used":5,"free":6},{"size":32,"pools":1,"used":2,"free":3}]}',
  "released 545460850688",
  "mark bare line 10 null",
  "allocate 4503599627370495 999999999999999",
];

function recorder(): { sink: TraceSink; told: string[] } {
  const told: string[] = [];
  const sink: TraceSink = {
    header: (header) => told.push(`header ${header.runtime.join(".")} ${header.threshold} ${header.complete}`),
    allocate: (id, size) => told.push(`allocate ${id} ${size}`),
    release: (id) => told.push(`release ${id}`),
    move: (from, to, size) => told.push(`move ${from} ${to} ${size}`),
    arenaTaken: (address) => told.push(`taken ${address}`),
    arenaReleased: (address) => told.push(`released ${address}`),
    mark: (label, recorded, line) => told.push(`mark ${label} line ${line} ${JSON.stringify(recorded)}`),
  };
  return { sink, told };
}

const source = (content: string | Uint8Array) => bytesSource("test.pymalloctrace", Buffer.from(content));

async function refused(
  content: string | Uint8Array,
  code: SnapshotErrorCode,
  message: RegExp,
  options: Parameters<typeof readTrace>[2] = {},
): Promise<SnapshotError> {
  const error: unknown = await readTrace(source(content), recorder().sink, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SnapshotError, `${String(content).slice(-80)}: ${String(error)}`);
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  assert.match(error.advice, /^[A-Z`d].{10,}\.$/);
  return error;
}

describe("formats: a trace of allocations", () => {
  it("tells every kind of event in order", async () => {
    const { sink, told } = recorder();
    const size = await readTrace(source(TRACE), sink);
    assert.deepEqual(told, READ);
    assert.deepEqual(size, { lines: 11, events: 5 });
  });

  it("may have the line ends of Windows, and be compressed with gzip", async () => {
    for (const content of [TRACE.replaceAll("\n", "\r\n"), gzipSync(TRACE), gzipSync(TRACE.replaceAll("\n", "\r\n"))]) {
      const { sink, told } = recorder();
      await readTrace(source(content), sink);
      assert.deepEqual(told, READ);
    }
  });

  it("is the same wherever it is cut into pieces", () => {
    const bytes = Buffer.from(TRACE);
    for (let step = 1; step <= bytes.length; step++) {
      const { sink, told } = recorder();
      const lines = new LineReader(sink);
      for (let at = 0; at < bytes.length; at += step) lines.add(bytes.subarray(at, at + step));
      lines.end();
      assert.deepEqual(told, READ, `pieces of ${step} bytes`);
      assert.equal(lines.offset, bytes.length);
      assert.equal(lines.line, 11);
    }
  });

  it("is known by its first line", async () => {
    for (const content of [TRACE, gzipSync(TRACE), HEADER]) assert.ok(await isTraceSource(source(content)));
    const others = [
      "",
      "{",
      '{"snapshot":{"meta":{}}}',
      "PK\u0003\u0004",
      `x${TRACE}`,
      `\n${TRACE}`,
      gzipSync('{"snapshot":1}'),
    ];
    for (const content of others) assert.equal(await isTraceSource(source(content)), false, String(content));
  });

  it("that is cut off anywhere is refused as truncated, or whole up to the end of a line", async () => {
    for (let length = 0; length < TRACE.length; length++) {
      const cut = TRACE.slice(0, length);
      if (cut.endsWith("\n")) {
        const { sink, told } = recorder();
        await readTrace(source(cut), sink);
        assert.deepEqual(told, READ.slice(0, told.length));
      } else {
        const line = cut.split("\n").length;
        const error = await refused(cut, "truncated", length === 0 ? /empty/ : new RegExp(`middle of line ${line}$`));
        assert.equal(error.offset, length);
      }
    }
    await refused(gzipSync(TRACE.slice(0, -1)), "truncated", /middle of line 11/);
    await refused(gzipSync(TRACE).subarray(0, -20), "truncated", /gzip/);
  });

  it("with a header that makes no sense is refused", async () => {
    const wrong = (fields: Record<string, unknown>) => `${JSON.stringify({ ...FIELDS, ...fields })}\n`;
    await refused("hello\n", "not-a-snapshot", /first line/);
    await refused("null\n", "not-a-snapshot", /first line/);
    await refused(`${"x".repeat(1 << 17)}\n`, "not-a-snapshot", /first line/);
    await refused("x".repeat(1 << 17), "not-a-snapshot", /first line/);
    await refused(wrong({ format: "other" }), "not-a-snapshot", /first line/);
    await refused(wrong({ version: 2 }), "unsupported-version", /version 2, not 1/);
    await refused(wrong({ version: undefined }), "unsupported-version", /version undefined/);
    for (const runtime of [undefined, 3, [3, 12], [3, 12, "1"], [3, 12, -1], [3, 12, 0.5], { length: 3 }]) {
      await refused(wrong({ runtime }), "corrupt", /"runtime"/);
    }
    const values: [string, unknown[]][] = [
      ["poolBytes", [undefined, "4096", 0, 512, 5000, 2 ** 20, -4096, null]],
      ["arenaBytes", [undefined, 16384, 1048577, 2 ** 40, 0]],
      ["alignment", [undefined, 0, 4, 12, 32]],
      ["header", [undefined, 0, -8, 47, 16384]],
      ["threshold", [0, -16, 500, 8192, 5000, 1e9, "512"]],
    ];
    for (const [name, wrongs] of values) {
      for (const value of wrongs) await refused(wrong({ [name]: value }), "corrupt", new RegExp(`sensible "${name}"`));
    }
  });

  it("with a line that makes no sense is refused, with the line and its place", async () => {
    const lines: [string, RegExp][] = [
      ["", /no event begins/],
      ["?7f 1", /no event begins/],
      ["7f 1", /no event begins/],
      ["+", /id is missing/],
      ["+ 12", /id is missing/],
      ["+7g 12", /number is missing/],
      ["+7f", /number is missing/],
      ["+7f ", /size is missing/],
      ["+7f  1", /size is missing/],
      ["+7f -1", /size is missing/],
      ["+7f a", /size is missing/],
      ["+7f 1.5", /does not end/],
      ["+7f 1 2", /does not end/],
      ["+12345678901234 1", /id is too long/],
      ["+7f 1234567890123456", /size is too long/],
      ["-", /id is missing/],
      ["-7f 1", /does not end/],
      ["-7f\r ", /does not end/],
      ["~7f 1", /number is missing/],
      ["~7f 1 ", /size is missing/],
      ["[", /id is missing/],
      ["]x", /id is missing/],
      ["=", /no label/],
      ["= current=1", /no label/],
      [`=${"x".repeat(101)}`, /longer than 100/],
      [`=x${" 16=1/2/3".repeat(257)}`, /too many size classes/],
      [`#${"x".repeat(1 << 17)}`, /longer than 65536 bytes/],
    ];
    for (const [line, message] of lines) {
      const error = await refused(`${TRACE}${line}\n+1 1\n`, "corrupt", message);
      assert.match(error.message, /line 12\b/);
      assert.ok(error.offset! >= TRACE.length && error.offset! <= TRACE.length + 1, String(error.offset));
      const packed = await refused(gzipSync(`${TRACE}${line}\n`), "corrupt", message);
      assert.equal(packed.offset, undefined);
    }
  });

  it("tells what its reader finds wrong as an error in that line", async () => {
    const { sink } = recorder();
    const strict: TraceSink = {
      ...sink,
      release() {
        throw new TraceEventError("it is not there", "Look for it elsewhere.");
      },
    };
    await assert.rejects(
      readTrace(source(TRACE), strict),
      (error: unknown) =>
        error instanceof SnapshotError &&
        error.message === 'line 7 ("-7f00003030"): it is not there' &&
        error.advice === "Look for it elsewhere." &&
        error.offset === TRACE.indexOf("-7f00003030"),
    );
  });

  it("can be given up, tells how far it is, and has a limit for what a gzip file unpacks to", async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(readTrace(source(TRACE), recorder().sink, { signal }), { name: "AbortError" });
    const told: number[] = [];
    await readTrace(source(TRACE), recorder().sink, { progress: (done) => told.push(done) });
    assert.deepEqual(told, [1]);
    const large = TRACE + "#\n".repeat(1 << 20);
    await refused(gzipSync(large), "too-large", /unpacks to more/, { maxBytes: 1 << 20 });
  });

  it("never fails in any other way, whatever stands in it", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((noise) => Buffer.concat([Buffer.from(`${HEADER}\n`), noise])),
      fc.string({ unit: fc.constantFrom(..."+-~=[]# \r\n0f9x") }).map((text) => Buffer.from(`${HEADER}\n${text}`)),
      fc.tuple(fc.nat(TRACE.length - 1), fc.nat(255)).map(([at, byte]) => {
        const damaged = Buffer.from(TRACE);
        damaged[at] = byte;
        return damaged;
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        try {
          await readTrace(source(content), recorder().sink);
        } catch (error) {
          assert.ok(error instanceof SnapshotError, String(error));
          assert.match(error.advice, /\.$/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
