/*
Pipelines that compress and encrypt records, each of which has come to its end.
*/
import { createCipheriv, createHash } from "node:crypto";
import { Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import v8 from "node:v8";
import { createGzip } from "node:zlib";

const KEY = createHash("sha256").update("a key that is not one").digest();

function* records(batch, amount) {
  for (let number = 0; number < amount; number++) {
    yield { batch, number, sensor: `sensor-${number % 12}`, value: Math.sin(number) };
  }
}

class ToLines extends Transform {
  constructor() {
    super({ writableObjectMode: true });
  }

  _transform(record, _encoding, done) {
    done(null, `${JSON.stringify(record)}\n`);
  }
}

class ByteCounter extends Writable {
  bytes = 0;

  _write(chunk, _encoding, done) {
    this.bytes += chunk.length;
    done();
  }
}

async function pack(batch) {
  const counter = new ByteCounter();
  const cipher = createCipheriv("aes-256-ctr", KEY, Buffer.alloc(16, batch % 256));
  await pipeline(Readable.from(records(batch, 800)), new ToLines(), createGzip(), cipher, counter);
  return counter.bytes;
}

async function work() {
  let bytes = 0;
  for (let batch = 0; batch < 30; batch++) bytes += await pack(batch);
  if (bytes === 0) throw new Error("nothing was packed");
}

for (const path of process.argv.slice(2)) {
  await work();
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  v8.writeHeapSnapshot(path);
}
