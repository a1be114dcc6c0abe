import { once } from "node:events";
import { stat } from "node:fs/promises";
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

/**
 * `ouroboros open FILE…`: serves the views to a browser on this computer until Ctrl-C. Of several files the newest is
 * shown, and compared with the others.
 */
export async function runOpen(files: readonly string[], options: OpenOptions): Promise<void> {
  const [file, ...compared] = await newestFirst(files);
  const stop = new AbortController();
  const stopped = once(stop.signal, "abort");
  for (const signal of SIGNALS) process.on(signal, () => stop.abort());
  const pool = new SnapshotPool(analysisScript);
  try {
    const path = resolve(file);
    const snapshot = pool.acquire(path);
    await Promise.race([loaded(snapshot, file), stopped]);
    if (stop.signal.aborted) return;
    const server = await listen(pool, path, compared, options.port ?? 0);
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

/** By their last change; a file that is not there keeps its place, and is told of when it is read. */
async function newestFirst(files: readonly string[]): Promise<string[]> {
  if (files.length < 2) return [...files];
  const modified = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => Infinity,
      ),
    ),
  );
  return files
    .map((file, i) => ({ file, modified: modified[i] }))
    .sort((a, b) => b.modified - a.modified)
    .map(({ file }) => file);
}

async function listen(
  pool: SnapshotPool,
  path: string,
  compared: readonly string[],
  port: number,
): Promise<ViewServer> {
  try {
    return await ViewServer.start(
      pool,
      path,
      port,
      compared.map((one) => resolve(one)),
    );
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? "it is taken" : (error as Error).message;
    throw new UsageError(`can't listen on port ${port}: ${reason}. Name another, or leave --port away for a free one`);
  }
}
