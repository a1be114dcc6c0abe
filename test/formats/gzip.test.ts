import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { deflateRawSync, gzipSync } from "node:zlib";
import { type ByteSource, bytesSource, type ReadOptions } from "../../src/formats/ByteSource.js";
import { SnapshotError, type SnapshotErrorCode } from "../../src/formats/errors.js";
import { readSnapshot } from "../../src/formats/read.js";
import { openHeap } from "../../src/session/open.js";
import { draft, heapOf } from "./v8Heap.js";
import { smallSnapshot, snapshotBytes } from "./writeSnapshot.js";

const SMALL = Buffer.from(heapOf({ root: draft("synthetic", ""), leaf: draft("object", "Leaf", 16) }));
const sourceOf = (bytes: Uint8Array) => bytesSource("test.heapsnapshot.gz", bytes);

async function refused(
  bytes: Uint8Array | ByteSource,
  code: SnapshotErrorCode,
  message: RegExp,
  options: ReadOptions = {},
): Promise<SnapshotError> {
  const source = bytes instanceof Uint8Array ? sourceOf(bytes) : bytes;
  const error: unknown = await readSnapshot(source, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error !== undefined, "it was read as if it were whole");
  assert.ok(error instanceof SnapshotError, (error as Error).stack);
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  assert.match(error.advice, /^[A-Z].{10,}\.$/);
  return error;
}

describe("formats: a heap snapshot compressed with gzip", () => {
  let folder: string;
  let path: string;
  let plain: Buffer;
  let packed: Buffer;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-gzip-"));
    path = join(folder, "real.heapsnapshot");
    execFileSync(process.execPath, ["-e", "require('node:v8').writeHeapSnapshot(process.argv[1])", path]);
    plain = readFileSync(path);
    packed = gzipSync(plain, { level: 1 });
    writeFileSync(`${path}.gz`, packed);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is the same graph as the unpacked one, whatever its name", async () => {
    const expected = await openHeap(path);
    assert.ok(expected.nodeCount > 1000);
    writeFileSync(join(folder, "named otherwise"), packed);
    for (const name of ["real.heapsnapshot.gz", "named otherwise"]) {
      const graph = await openHeap(join(folder, name));
      assert.deepEqual(graph.columns, expected.columns);
      assert.deepEqual(graph.locations, expected.locations);
      assert.deepEqual(graph.types, expected.types);
      assert.deepEqual(graph.roots, expected.roots);
      assert.equal(graph.strings.count, expected.strings.count);
      assert.ok(Array.from({ length: 500 }, (_, i) => i).every((i) => graph.string(i) === expected.string(i)));
    }
  });

  it("may consist of several parts", async () => {
    const parts = [plain.subarray(0, 100_001), plain.subarray(100_001)].map((part) => gzipSync(part, { level: 1 }));
    const graph = await readSnapshot(sourceOf(Buffer.concat(parts)));
    assert.deepEqual(graph.columns, (await openHeap(path)).columns);
  });

  it("tells how far it is by what it has unpacked of the file", async () => {
    const told: number[] = [];
    await readSnapshot(sourceOf(packed), { progress: (done) => told.push(done) });
    assert.ok(told.length >= 3, `${told.length} times`);
    assert.ok(told.every((done, i) => done > 0 && done <= 1 && (i === 0 || done >= told[i - 1])));
    assert.ok(told[0] < 0.9, `it begins with ${told[0]}`);
    assert.ok(told.at(-1)! > 0.9, `it ends with ${told.at(-1)}`);
  });

  it("stops when it is told to, and reads no more of the file then", async () => {
    await assert.rejects(readSnapshot(sourceOf(packed), { signal: AbortSignal.abort() }), { name: "AbortError" });
    let read = 0;
    const watched: ByteSource = {
      name: "endless",
      size: 2 ** 40,
      read: (target, position) => {
        read++;
        return sourceOf(Buffer.concat([packed, Buffer.alloc(target.length)])).read(
          target,
          Math.min(position, packed.length),
        );
      },
    };
    const controller = new AbortController();
    const stopped = readSnapshot(watched, { signal: controller.signal, progress: () => controller.abort() });
    await assert.rejects(stopped, { name: "AbortError" });
    const soFar = read;
    await setTimeout(50);
    assert.ok(read <= soFar + 1, `${read - soFar} reads after it had stopped`);
  });

  it("is refused with the place where the file ends, if it is cut off", async () => {
    for (const size of [packed.length - 1, packed.length - 8, packed.length >> 1, 1000, 19]) {
      const { offset, format } = await refused(packed.subarray(0, size), "truncated", /gzip file ends before/);
      assert.deepEqual([offset, format], [size, "gzip"]);
    }
    for (const size of [2, 10, 17]) await refused(packed.subarray(0, size), "truncated", /gzip file ends before/);
  });

  it("is refused if the whole gzip file holds half a snapshot, with a place in the content", async () => {
    const half = plain.subarray(0, plain.length >> 1);
    const { offset } = await refused(gzipSync(half), "truncated", /ends before .*of the unpacked file/);
    assert.equal(offset, half.length);
  });

  it("is refused if a byte of it is another, wherever", async () => {
    const small = gzipSync(SMALL);
    await readSnapshot(sourceOf(small));
    // Byte 4 to 9: time, and where it was written. They may be anything.
    for (let at = 2; at < small.length; at = at === 3 ? 10 : at + 1) {
      const bytes = Buffer.from(small);
      bytes[at] ^= 0x55;
      const error: unknown = await readSnapshot(sourceOf(bytes)).catch((reason: unknown) => reason);
      assert.ok(error instanceof SnapshotError, `byte ${at}: ${String(error)}`);
    }
    const damaged = Buffer.from(packed).fill(0xff, packed.length >> 1, (packed.length >> 1) + 64);
    const error = await refused(damaged, "corrupt", /./);
    assert.ok(error.offset !== undefined);
    const wrongSum = Buffer.from(packed).fill(0, packed.length - 8, packed.length - 4);
    const { offset } = await refused(wrongSum, "corrupt", /does not unpack \(incorrect data check\)/);
    // Noticed in the last bytes that zlib was given.
    assert.ok(offset! >= packed.length - (1 << 15) && offset! <= packed.length, `${offset} of ${packed.length}`);
  });

  it("may not unpack to more than there is memory for, nor to more than a real one can", async () => {
    await refused(packed, "too-large", /unpacks to more than 100000 bytes$/, { maxBytes: 100_000 });
    const head = SMALL.toString().replace(/}$/, ',"more":"');
    const bomb = gzipSync(Buffer.concat([Buffer.from(head), Buffer.alloc(100 << 20, "x")]), { level: 9 });
    assert.ok(bomb.length < 200_000);
    const { offset } = await refused(bomb, "too-large", /more than a real snapshot can/);
    assert.ok(offset! < bomb.length);
    await refused(bomb, "too-large", /unpacks to more than 2000000 bytes$/, { maxBytes: 2_000_000 });
  });

  it("takes no memory for what its trailer alone claims", async () => {
    const small = gzipSync(SMALL);
    // The largest size, and a count of nodes that only a file of that size could hold.
    const lying = Buffer.from(small).fill(0xff, small.length - 4);
    const before = process.memoryUsage().arrayBuffers;
    await refused(lying, "corrupt", /incorrect length check/);
    assert.ok(process.memoryUsage().arrayBuffers - before < 32 << 20);
    const counted = SMALL.toString().replace('"node_count":2', '"node_count":200000000');
    await refused(gzipSync(counted), "corrupt", /more nodes or edges than a file of its size can hold/);
  });

  it("is told from other things that are compressed with gzip", async () => {
    await refused(gzipSync(snapshotBytes(smallSnapshot())), "not-a-snapshot", /ZIP archive.* compressed with gzip/);
    await refused(gzipSync(packed), "not-a-snapshot", /compressed with gzip twice/);
    await refused(gzipSync("just text"), "not-a-snapshot", /what is compressed with gzip here is no heap snapshot/);
    await refused(gzipSync(""), "not-a-snapshot", /what is compressed with gzip here is no heap snapshot/);
    const tar = Buffer.alloc(1024);
    tar.write("app.heapsnapshot");
    tar.write("ustar", 257);
    await refused(gzipSync(tar), "not-a-snapshot", /tar archive/);
    await refused(gzipSync("{}"), "corrupt", /was expected/);
    const headless = Buffer.concat([Buffer.from([0x1f, 0x8b]), deflateRawSync(SMALL)]);
    await refused(headless, "corrupt", /does not unpack/);
  });

  it("tells of a disk that fails as of an unpacked file's", async () => {
    const failing: ByteSource = {
      name: "failing",
      size: packed.length,
      read: (target, position) => {
        const isHead = position === 0 || position > packed.length - 8;
        if (isHead) return sourceOf(packed).read(target, position);
        return Promise.reject(new SnapshotError("unreadable", "the disk can't be read: gone", { offset: position }));
      },
    };
    assert.ok(packed.length > 1 << 18);
    await refused(failing, "unreadable", /disk can't be read/);
  });
});
