import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** What the benchmarks read of a snapshot's `meta.json`. */
interface BenchMeta {
  readonly nodes: { readonly total: number };
  readonly capture: { readonly parentSeconds: number };
  readonly process: { readonly rss: number };
}

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** `meta.json` of a snapshot below 4 GB, through its ZIP directory. */
export default function readMeta(path: string): BenchMeta {
  const file = readFileSync(path);
  let at = file.readUInt32LE(file.length - 22 + 16);
  while (file.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString("latin1", at + 46, at + 46 + nameLength);
    if (name === "meta.json") {
      const local = file.readUInt32LE(at + 42);
      if (file.readUInt32LE(local) !== LOCAL_HEADER) break;
      const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
      const data = file.subarray(start, start + file.readUInt32LE(at + 20));
      const plain = file.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data);
      return JSON.parse(plain.toString("utf8")) as BenchMeta;
    }
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  throw new Error(`${path} holds no meta.json`);
}
