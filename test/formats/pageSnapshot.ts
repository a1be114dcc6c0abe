import { closeSync, openSync, writeSync } from "node:fs";
import { chromium } from "playwright-core";

/** Shows a page in Chromium and writes a snapshot of its heap. */
export async function snapshotOfPage(executablePath: string, html: string, snapshot: string): Promise<void> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const file = openSync(snapshot, "w");
  try {
    const page = await browser.newPage();
    await page.setContent(html);
    const session = await page.context().newCDPSession(page);
    session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => writeSync(file, chunk));
    await session.send("HeapProfiler.enable");
    await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  } finally {
    closeSync(file);
    await browser.close();
  }
}
