import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import type { SnapshotPool } from "../session/SnapshotPool.js";
import { Client, endStream } from "./Client.js";
import { pageFiles } from "./files.js";
import { HEADERS, isOwnHost, isOwnOrigin, readBody, sameSecret, TooLongError } from "./guard.js";
import { parseMessage } from "./messages.js";
import { page } from "./page.js";

const LOOPBACK = "127.0.0.1";
const BODY_LIMIT = 1 << 20;
// Browsers open six connections to a server; each page keeps one, and one must be left for its questions.
const MOST_CLIENTS = 5;
const TICKET_MS = 60_000;

const secret = () => randomBytes(16).toString("base64url");

/** What stands at an address below the token. */
interface Resource {
  readonly method: "GET" | "POST";
  answer(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void | Promise<void>;
}

/**
 * Serves the views of one snapshot to browsers on this computer. Other users of the computer reach the port too, so
 * everything stands below a random token.
 */
export class ViewServer {
  readonly port: number;
  readonly #server: Server;
  readonly #pool: SnapshotPool;
  readonly #file: string;
  readonly #compared: readonly string[];
  readonly #token = secret();
  readonly #clients = new Map<string, Client>();
  readonly #resources: ReadonlyMap<string, Resource>;
  #ticket: string | undefined;

  private constructor(server: Server, pool: SnapshotPool, file: string, compared: readonly string[]) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#pool = pool;
    this.#file = file;
    this.#compared = compared;
    const get = (answer: Resource["answer"]): Resource => ({ method: "GET", answer });
    this.#resources = new Map([
      ["", get((_, response) => send(response, "text/html; charset=utf-8", page(basename(file))))],
      ["events", get((_, response) => this.#stream(response))],
      ["messages", { method: "POST", answer: (...exchange) => this.#receive(...exchange) }],
      ...[...pageFiles].map(([name, { path, type }]): [string, Resource] => [
        name,
        get(async (_, response) => send(response, type, await readFile(path))),
      ]),
    ]);
    server.on("request", (request, response) => {
      this.#answer(request, response).catch(() => end(response, 500));
    });
  }

  /**
   * Listens on 127.0.0.1.
   * @param port 0 for any that is free
   * @param compared files of snapshots that this one is compared with
   * @throws an error of the system, such as EADDRINUSE
   */
  static async start(
    pool: SnapshotPool,
    file: string,
    port: number,
    compared: readonly string[] = [],
  ): Promise<ViewServer> {
    const server = createServer();
    server.listen(port, LOOPBACK);
    await once(server, "listening");
    return new ViewServer(server, pool, file, compared);
  }

  /** The page's address. Who knows it can see the snapshot. */
  get url(): string {
    return `http://${LOOPBACK}:${this.port}/${this.#token}/`;
  }

  /**
   * An address that leads to the page once, within a minute: for starting a browser, since other users of the
   * computer can read the arguments of its process.
   */
  launchUrl(): string {
    const ticket = secret();
    this.#ticket = ticket;
    setTimeout(() => {
      if (this.#ticket === ticket) this.#ticket = undefined;
    }, TICKET_MS).unref();
    return `http://${LOOPBACK}:${this.port}/${ticket}`;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    for (const client of this.#clients.values()) client.dispose();
    this.#clients.clear();
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value!);
    if (!isOwnHost(request, this.port)) return end(response, 421);
    const [path, query] = request.url!.split("?", 2);
    const [, first, ...rest] = path.split("/");
    if (rest.length === 0) return this.#redirect(first, response);
    if (!sameSecret(first, this.#token)) return end(response, 404);
    // Compared as it came, not decoded, and never part of a path on the disk.
    const resource = this.#resources.get(rest.join("/"));
    if (!resource) return end(response, 404);
    if (request.method !== resource.method) return end(response.setHeader("Allow", resource.method), 405);
    await resource.answer(request, response, new URLSearchParams(query));
  }

  #redirect(secretPath: string, response: ServerResponse): void {
    const isTicket = this.#ticket !== undefined && sameSecret(secretPath, this.#ticket);
    if (isTicket) this.#ticket = undefined;
    if (!isTicket && !sameSecret(secretPath, this.#token)) return end(response, 404);
    end(response.setHeader("Location", `/${this.#token}/`), 303);
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    if (this.#clients.size >= MOST_CLIENTS) {
      endStream(
        response,
        `This snapshot is open in ${MOST_CLIENTS} pages already, and a browser allows no more.`,
        "Close one of them and try again.",
      );
      return;
    }
    const client = new Client(this.#pool, this.#file, this.#compared, response);
    this.#clients.set(client.id, client);
    response.on("close", () => {
      if (this.#clients.delete(client.id)) client.dispose();
    });
  }

  async #receive(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    if (!isOwnOrigin(request)) return end(response, 403);
    const client = this.#clients.get(query.get("client") ?? "");
    if (!client) return end(response, 404);
    let body: string;
    try {
      body = await readBody(request, BODY_LIMIT);
    } catch (error) {
      return end(response.setHeader("Connection", "close"), error instanceof TooLongError ? 413 : 400);
    }
    const message = parseMessage(body);
    if (!message) return end(response, 400);
    client.receive(message);
    end(response, 204);
  }
}

function end(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.statusCode = status;
  response.end();
}

function send(response: ServerResponse, type: string, content: string | Uint8Array): void {
  response.writeHead(200, { "Content-Type": type });
  response.end(content);
}
