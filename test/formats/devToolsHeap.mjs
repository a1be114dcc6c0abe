import { createReadStream } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";

/** A snapshot as DevTools' own code has it, all computed. Runs in a Node that this code is for. */
export async function openInDevTools(bundle, snapshot) {
  const { HeapSnapshot, HeapSnapshotLoader } = await import(pathToFileURL(bundle).href);
  // It reports what it wonders about, such as nodes that only weak references lead to.
  console.warn = console.error = () => {};
  const loader = new HeapSnapshotLoader.HeapSnapshotLoader({ sendEvent() {} });
  const decoder = new StringDecoder("utf8");
  for await (const piece of createReadStream(snapshot)) {
    loader.write(decoder.write(piece));
    await setImmediate();
  }
  loader.close();
  await loader.parsingComplete;
  const channel = new MessageChannel();
  new HeapSnapshot.SecondaryInitManager(channel.port2);
  return loader.buildSnapshot(channel.port1);
}
