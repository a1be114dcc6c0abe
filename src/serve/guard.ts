import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Sent with every answer. */
export const HEADERS: OutgoingHttpHeaders = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Compares secrets in a time that doesn't depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * True if a request names this server by its loopback address. A page of another site whose name has been made to
 * point at 127.0.0.1 (DNS rebinding) names itself instead.
 */
export function isOwnHost(request: IncomingMessage, port: number): boolean {
  const host = request.headers.host;
  const names = port === HTTP_PORT ? ["127.0.0.1", "localhost"] : [];
  return host !== undefined && [...names, `127.0.0.1:${port}`, `localhost:${port}`].includes(host);
}

/** True if a request was made by a page of this server; `isOwnHost` holds for it. */
export function isOwnOrigin(request: IncomingMessage): boolean {
  return request.headers.origin === `http://${request.headers.host}`;
}

const HTTP_PORT = 80;

/** A request's body is longer than it may be. */
export class TooLongError extends Error {}

/**
 * Reads a request's body as UTF-8; what comes beyond the limit is dropped.
 * @param limit in bytes
 * @throws TooLongError
 */
export function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    // Not `for await`: giving up in it would end the connection before the answer is sent.
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else reject(new TooLongError());
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}
