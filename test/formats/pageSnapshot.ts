import { closeSync, openSync, writeSync } from "node:fs";
import { chromium } from "playwright-core";

/** Shows a page in Chromium, by its text or its address, and writes a snapshot of its heap. */
export async function snapshotOfPage(
  executablePath: string,
  page: string | { readonly url: string },
  snapshot: string,
): Promise<void> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const file = openSync(snapshot, "w");
  try {
    const shown = await browser.newPage();
    await (typeof page === "string" ? shown.setContent(page) : shown.goto(page.url));
    const session = await shown.context().newCDPSession(shown);
    session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => writeSync(file, chunk));
    await session.send("HeapProfiler.enable");
    await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  } finally {
    closeSync(file);
    await browser.close();
  }
}
