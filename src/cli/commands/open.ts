import { once } from "node:events";
import { resolve } from "node:path";
import { openBrowser } from "../../serve/browser.js";
import { analysisScript } from "../../serve/files.js";
import { ViewServer } from "../../serve/ViewServer.js";
import { type OpenSnapshot, SnapshotPool } from "../../session/SnapshotPool.js";
import { printJson, printLines } from "../output.js";
import { hideProgress, showProgress, UnreadableFileError, UsageError } from "../run.js";

interface OpenOptions {
  readonly port?: number;
  readonly browser: boolean;
  readonly json?: true;
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** `ouroboros open FILE`: serves the views to a browser on this computer until Ctrl-C. */
export async function runOpen(file: string, options: OpenOptions): Promise<void> {
  const stop = new AbortController();
  const stopped = once(stop.signal, "abort");
  for (const signal of SIGNALS) process.on(signal, () => stop.abort());
  const pool = new SnapshotPool(analysisScript);
  try {
    const path = resolve(file);
    const snapshot = pool.acquire(path);
    await Promise.race([loaded(snapshot, file), stopped]);
    if (stop.signal.aborted) return;
    const server = await listen(pool, path, options.port ?? 0);
    if (options.json) await printJson({ url: server.url, port: server.port });
    else await printLines([server.url]);
    process.stderr.write("Serving until Ctrl-C. Who has this address can see the snapshot.\n");
    if (options.browser) openBrowser(server.launchUrl());
    await stopped;
    await server.close();
  } finally {
    pool.dispose();
  }
}

/** Waits until a snapshot is read, with progress on a terminal. */
function loaded(snapshot: OpenSnapshot, file: string): Promise<void> {
  let unwatch: (() => void) | undefined;
  const settled = new Promise<void>((end, fail) => {
    unwatch = snapshot.watch((state) => {
      if (state.kind === "loading") showProgress(state.done, state.step);
      else if (state.kind === "failed") fail(new UnreadableFileError(file, state));
      else end();
    });
  });
  return settled.finally(() => {
    unwatch?.();
    hideProgress();
  });
}

async function listen(pool: SnapshotPool, path: string, port: number): Promise<ViewServer> {
  try {
    return await ViewServer.start(pool, path, port);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? "it is taken" : (error as Error).message;
    throw new UsageError(`can't listen on port ${port}: ${reason}. Name another, or leave --port away for a free one`);
  }
}
