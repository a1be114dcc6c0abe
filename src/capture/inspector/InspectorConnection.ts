import { EventEmitter } from "node:events";
import { WebSocket } from "ws";
import { CaptureFailedError } from "./errors.js";

const CONNECT_MS = 10_000;
const MESSAGE_LIMIT = 1 << 27;

interface Pending {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** What an inspector sends: an answer (with `id`), or an event. */
interface Message {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message?: string };
  readonly method?: string;
  readonly params?: Record<string, unknown>;
}

/** The Chrome DevTools Protocol over a WebSocket. Emits each event of the protocol by its name, with its params. */
export class InspectorConnection extends EventEmitter {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #failure: Error | undefined;
  /** Settles when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>;

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(String(data)));
    socket.on("error", (error) => this.#fail(`the connection to the inspector broke: ${error.message}`));
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#fail("the inspector ended the connection; has the program ended?");
        resolve();
      });
    });
  }

  /**
   * Connects to a target.
   * @param address its ws:// address
   * @throws CaptureFailedError
   */
  static async open(address: string): Promise<InspectorConnection> {
    const socket = new WebSocket(address, {
      perMessageDeflate: false,
      followRedirects: false,
      handshakeTimeout: CONNECT_MS,
      maxPayload: MESSAGE_LIMIT,
    });
    // Now, so that an end is not missed.
    const connection = new InspectorConnection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", (error) => {
        reject(new CaptureFailedError(`can't connect to ${address}: ${error.message}`, { cause: error }));
      });
    });
    return connection;
  }

  /**
   * Calls a method of the protocol and returns its result.
   * @param timeout milliseconds to wait for the answer; without it as long as the connection lives
   * @throws CaptureFailedError
   */
  send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    timeout?: number,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const late = () => {
        this.#pending.delete(id);
        reject(new CaptureFailedError(`the program does not answer its inspector (${method}); is it stopped?`));
      };
      const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
      this.#pending.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Stops reading from the network until `resume`, so that what comes can be written first. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads on after `pause`. */
  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.terminate();
  }

  #receive(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      this.#fail("the inspector sends what is not JSON; is it one?");
      return this.close();
    }
    const { id, method } = message;
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (method !== undefined) this.emit(method, message.params ?? {});
    if (pending === undefined) return;
    this.#pending.delete(id!);
    clearTimeout(pending.timer);
    if (message.error) {
      pending.reject(new CaptureFailedError(`the inspector refuses: ${message.error.message ?? "no reason"}`));
    } else {
      pending.resolve(message.result ?? {});
    }
  }

  #fail(message: string): void {
    this.#failure ??= new CaptureFailedError(message);
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#pending.clear();
  }
}
