import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { basename } from "node:path";
import type { SnapshotPool } from "../session/SnapshotPool.js";
import { ViewConnection, type ViewHost } from "../session/ViewConnection.js";
import type { ToView } from "../session/viewMessages.js";
import type { FromBrowser } from "./messages.js";
import { describeSource } from "./source.js";

const HEARTBEAT_MS = 20_000;

/** Ends a page's stream for good, with what it is to show. */
export function endStream(response: ServerResponse, message: string, advice: string): void {
  response.end(`event: closed\ndata: ${JSON.stringify({ kind: "failed", message, advice })}\n\n`);
}

/** One page in a browser: messages go to it as server-sent events, as long as its stream is open. */
export class Client {
  readonly id = randomBytes(16).toString("base64url");
  readonly #response: ServerResponse;
  readonly #pool: SnapshotPool;
  readonly #connection: ViewConnection;
  // Tells a stream whose other end is gone, and keeps one that is not.
  readonly #heartbeat = setInterval(() => this.#response.write(":\n\n"), HEARTBEAT_MS).unref();

  /** @param response its head has been written */
  constructor(pool: SnapshotPool, file: string, compared: readonly string[], response: ServerResponse) {
    this.#response = response;
    this.#pool = pool;
    const host: ViewHost = {
      post: (message) => this.#post(message),
      openSource: describeSource,
      save: () => Promise.reject(new Error("The browser saves files itself.")),
      copy: () => Promise.reject(new Error("The browser copies texts itself.")),
    };
    this.#connection = new ViewConnection(pool.acquire(file), basename(file), host);
    if (compared.length > 0) this.#connection.compareWith(compared);
    response.write(`event: client\ndata: ${this.id}\n\n`);
  }

  receive(message: FromBrowser): void {
    this.#connection.receive(message);
  }

  /** Ends the stream and gives the snapshot back. */
  dispose(): void {
    clearInterval(this.#heartbeat);
    this.#connection.dispose();
    this.#pool.release(this.#connection.snapshot);
    endStream(this.#response, "Ouroboros has ended.", "Start `ouroboros open` again.");
  }

  #post(message: ToView): void {
    // JSON texts have no line breaks, which would end an event.
    if (!this.#response.writableEnded) this.#response.write(`data: ${JSON.stringify(message)}\n\n`);
  }
}
