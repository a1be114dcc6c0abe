import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesSource } from "../../src/formats/ByteSource.js";
import { ByteStream, piecesOf } from "../../src/formats/v8/ByteStream.js";
import { readIntegers } from "../../src/formats/v8/integers.js";

async function read(text: string, piece: number, capacity: number): Promise<number[]> {
  const stream = new ByteStream(piecesOf(bytesSource("test", Buffer.from(text)), piece));
  const block = new Float64Array(capacity);
  const found: number[] = [];
  await readIntegers(stream, block, (count) => {
    found.push(...block.subarray(0, count));
  });
  return found;
}

describe("formats: integers of a V8 heap snapshot", () => {
  it("are those that JSON.parse reads, whatever their length, the pieces and the blocks", async () => {
    const number = fc.oneof(
      fc.integer({ min: 0, max: 9 }),
      fc.nat(),
      fc.integer({ min: -999, max: 999_999 }),
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    );
    const separator = fc.constantFrom(",", "\n,", ", ", "\r\n\t, ");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(number, separator), { maxLength: 60 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 20 }),
        async (numbers, piece, capacity) => {
          const text = numbers.map(([value, behind], i) => `${value}${i + 1 < numbers.length ? behind : ""}`).join("");
          assert.deepEqual(
            await read(`${text}]`, piece, capacity),
            numbers.map(([value]) => (value === 0 ? 0 : value)),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("are refused where something else stands, however far from the end of a piece", async () => {
    for (const piece of [1, 5, 12, 1000]) {
      for (const bad of ["x", '"', "1.5", "1e3", "{", "[1]"]) {
        const text = `12,345,6,${bad},789,1011,12131415,1617181920]`;
        await assert.rejects(read(text, piece, 4), /a number was expected/, `${bad} in pieces of ${piece}`);
      }
    }
  });

  it("have to end", async () => {
    await assert.rejects(read("12,345", 3, 4), /ends before its content/);
  });
});
