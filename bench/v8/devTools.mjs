// DevTools' own worker code on a snapshot, on two threads as in the browser: devTools.mjs BUNDLE SNAPSHOT. Prints when
// it was parsed and when the retained sizes were ready as JSON.
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { isMainThread, Worker, workerData } from "node:worker_threads";

// What its reader of files takes at a time.
const PIECE = 10_000_000;
const HEAP_MB = 16_000;

const bundle = isMainThread ? process.argv[2] : workerData.bundle;
const { HeapSnapshot, HeapSnapshotLoader } = await import(pathToFileURL(bundle).href);

if (isMainThread) {
  // It reports what it wonders about, such as nodes that only weak references lead to.
  console.warn = console.error = () => {};
  const start = performance.now();
  const loader = new HeapSnapshotLoader.HeapSnapshotLoader({ sendEvent() {} });
  const decoder = new StringDecoder("utf8");
  const piece = Buffer.allocUnsafe(PIECE);
  const file = openSync(process.argv[3], "r");
  for (let length; (length = readSync(file, piece)) > 0;) {
    loader.write(decoder.write(piece.subarray(0, length)));
    await setImmediate();
  }
  closeSync(file);
  loader.close();
  await loader.parsingComplete;
  const parsed = performance.now() - start;
  const channel = new MessageChannel();
  new Worker(new URL(import.meta.url), {
    workerData: { bundle, port: channel.port2 },
    transferList: [channel.port2],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const heap = await loader.buildSnapshot(channel.port1);
  const retained = performance.now() - start;
  writeSync(1, JSON.stringify({ parsed, retained, bytes: heap.retainedSizes[heap.rootNodeIndexInternal] }));
  process.exit(0);
} else new HeapSnapshot.SecondaryInitManager(workerData.port);
