import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import { type CDPSession, chromium } from "playwright-core";
import type { Runtime } from "./corpus.js";

const ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

/** A browser that runs the pages of the corpus, and has to be closed. */
export interface ChromiumRuntime extends Runtime {
  close(): Promise<void>;
}

/** Launches the Chromium, Chrome or Edge at a path. Throws where it does not start. */
export async function chromiumRuntime(executablePath: string): Promise<ChromiumRuntime> {
  const browser = await chromium.launch({ executablePath, args: ARGS });
  return {
    name: `Chromium ${browser.version()}`,
    close: () => browser.close(),
    async snapshots({ name, page: file }, variant, paths) {
      if (file === undefined) throw new Error(`${name} has no page`);
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await page.goto(`${pathToFileURL(file).href}?${variant}`);
        const session = await context.newCDPSession(page);
        for (const path of paths) {
          await evaluate(session, "work()");
          await takeSnapshot(session, path);
        }
      } finally {
        await context.close();
      }
    },
  };
}

/** Past Playwright, whose own helpers would be in the snapshot. */
async function evaluate(session: CDPSession, expression: string): Promise<void> {
  const { exceptionDetails } = await session.send("Runtime.evaluate", { expression, awaitPromise: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
}

async function takeSnapshot(session: CDPSession, path: string): Promise<void> {
  const file = createWriteStream(path);
  const write = ({ chunk }: { chunk: string }) => void file.write(chunk);
  session.on("HeapProfiler.addHeapSnapshotChunk", write);
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  session.off("HeapProfiler.addHeapSnapshotChunk", write);
  file.end();
  await finished(file);
}
