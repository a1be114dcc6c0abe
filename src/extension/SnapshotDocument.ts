import * as vscode from "vscode";
import type { OpenSnapshot, SnapshotPool } from "../session/SnapshotPool.js";

/** A snapshot file that is open in one or more editors, which share its analysis process. */
export class SnapshotDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly snapshot: OpenSnapshot;
  readonly #pool: SnapshotPool;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when the file is another one than was read. */
  readonly onDidChange = this.#changed.event;
  readonly #watcher: vscode.FileSystemWatcher;
  readonly #stamp: Promise<string>;

  /** Starts to read the file. */
  constructor(uri: vscode.Uri, pool: SnapshotPool) {
    this.uri = uri;
    this.#pool = pool;
    this.#stamp = stamp(uri);
    this.snapshot = pool.acquire(uri.fsPath);
    const folder = new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), "*");
    this.#watcher = vscode.workspace.createFileSystemWatcher(folder, false, false, true);
    const look = (changed: vscode.Uri) => {
      if (changed.toString() === uri.toString()) void this.#look();
    };
    this.#watcher.onDidChange(look);
    this.#watcher.onDidCreate(look);
  }

  dispose(): void {
    this.#watcher.dispose();
    this.#changed.dispose();
    this.#pool.release(this.snapshot);
  }

  async #look(): Promise<void> {
    // What could not be read is read again on request; nothing to tell then.
    if (this.snapshot.state.kind !== "opened") return;
    // Late events of the file's own writing tell of no change.
    if ((await stamp(this.uri)) !== (await this.#stamp)) this.#changed.fire();
  }
}

async function stamp(uri: vscode.Uri): Promise<string> {
  try {
    const { mtime, size } = await vscode.workspace.fs.stat(uri);
    return `${mtime} ${size}`;
  } catch {
    return "";
  }
}
