import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { CaptureRefusedError } from "./errors.js";

/** Where an inspector listens: an address of this machine's loopback, never a name. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** The target that the address named, as in `ws://127.0.0.1:9229/ID`. */
  readonly target?: string;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const LAST_PORT = 65535;
const FORMS = "say HOST:PORT, such as 127.0.0.1:9229, or the ws:// address that Node prints";

/**
 * Understands HOST:PORT, PORT, and a ws:// or http:// address.
 * @throws CaptureRefusedError for another form, or a host that is not this machine's loopback
 */
export async function parseEndpoint(text: string): Promise<Endpoint> {
  const { host, port, target } = split(text);
  const address = await loopbackAddress(host, port);
  return { host: address, port, ...(target && { target }) };
}

function split(text: string): { host: string; port: number; target?: string } {
  const [, host, port, path = ""] =
    /^(?:(?:ws|http):\/\/)?(?:(\[[\da-f:.]+\]|[^\s:/@[\]]+):)?(\d{1,5})(\/.*)?$/i.exec(text) ?? [];
  const number = Number(port);
  if (port === undefined || number < 1 || number > LAST_PORT) {
    throw new CaptureRefusedError(`${text} names no inspector; ${FORMS}`);
  }
  const target = path.split("/").at(-1)!;
  return { host: (host ?? "127.0.0.1").replace(/^\[|\]$/g, ""), port: number, ...(target !== "" && { target }) };
}

async function loopbackAddress(host: string, port: number): Promise<string> {
  const addresses = isIP(host) > 0 ? [{ address: host }] : await resolveName(host);
  const isLoopback = ({ address }: { address: string }) =>
    loopback.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  if (addresses.length === 0 || !addresses.every(isLoopback)) {
    throw new CaptureRefusedError(
      `${host} is not this machine's loopback, and an inspector lets anybody who reaches it run code; ` +
        `for another machine use ssh -L ${port}:127.0.0.1:${port} ${host}, and then --inspect 127.0.0.1:${port}`,
    );
  }
  // 127.0.0.1 before ::1: inspectors listen there unless told otherwise.
  return (addresses.find(({ address }) => isIP(address) === 4) ?? addresses[0]).address;
}

async function resolveName(host: string): Promise<readonly { address: string }[]> {
  try {
    return await lookup(host, { all: true });
  } catch (error) {
    throw new CaptureRefusedError(`there is no host ${host}; ${FORMS}`, { cause: error });
  }
}

/** The endpoint as it stands in addresses. */
export function endpointText({ host, port }: Endpoint): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
