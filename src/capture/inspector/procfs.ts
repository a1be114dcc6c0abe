import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";

// Place of SIGUSR1 in the masks of /proc/PID/status.
const SIGUSR1_BIT = 1n << 9n;
const LISTENING = "0A";

/** What /proc tells about a process. */
export interface ProcessFacts {
  /** Path of its program. */
  readonly program: string;
  readonly isNode: boolean;
  /** Whether it does something with SIGUSR1; else the signal would end it. */
  readonly catchesSigusr1: boolean;
  /** Its number as it sees it itself, which is another one in a container. */
  readonly ownPid: number;
  /** Whether its loopback is ours. */
  readonly sameNetwork: boolean;
}

/**
 * Looks a process up.
 * @throws NodeJS.ErrnoException ENOENT where there is none, EACCES where it is somebody else's
 */
export async function processFacts(pid: number): Promise<ProcessFacts> {
  const folder = `/proc/${pid}`;
  const status = await readFile(`${folder}/status`, "utf8");
  const program = (await readlink(`${folder}/exe`)).replace(/ \(deleted\)$/, "");
  const [ours, theirs] = await Promise.all(["/proc/self/ns/net", `${folder}/ns/net`].map((path) => readlink(path)));
  const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, "m").exec(status)?.[1].split(/\s+/) ?? [];
  return {
    program,
    isNode: /^node(js)?[\d.-]*$/.test(basename(program)) || (await mapsNode(folder)),
    catchesSigusr1: (BigInt(`0x${field("SigCgt")[0] ?? "0"}`) & SIGUSR1_BIT) !== 0n,
    ownPid: Number(field("NSpid").at(-1) ?? pid),
    sameNetwork: ours === theirs,
  };
}

/** Distributions build Node as a shared library, too. */
async function mapsNode(folder: string): Promise<boolean> {
  return /\/libnode\.so/.test(await readFile(`${folder}/maps`, "utf8"));
}

/** Ports where somebody listens, on whatever address. */
export interface ListeningPorts {
  /** The process itself. */
  readonly own: ReadonlySet<number>;
  /** Others in its network. */
  readonly others: ReadonlySet<number>;
}

/**
 * Ports where a process listens, and those where others do.
 * @throws NodeJS.ErrnoException as `processFacts`
 */
export async function listeningPorts(pid: number): Promise<ListeningPorts> {
  const folder = `/proc/${pid}`;
  const sockets = new Set<string>();
  for (const descriptor of await readdir(`${folder}/fd`)) {
    // A descriptor may have been closed since the folder was read.
    const link = await readlink(`${folder}/fd/${descriptor}`).catch(() => "");
    const [, inode] = /^socket:\[(\d+)\]$/.exec(link) ?? [];
    if (inode !== undefined) sockets.add(inode);
  }
  const own = new Set<number>();
  const others = new Set<number>();
  for (const table of ["tcp", "tcp6"]) {
    const rows = await readFile(`${folder}/net/${table}`, "utf8").catch(() => "");
    for (const row of rows.split("\n").slice(1)) {
      const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
      if (state !== LISTENING) continue;
      (sockets.has(inode) ? own : others).add(parseInt(local.split(":").at(-1)!, 16));
    }
  }
  return { own, others };
}

/** Arguments of a process, and those that NODE_OPTIONS gave it when it was started. */
export async function nodeArguments(pid: number): Promise<readonly string[]> {
  const [line, environment] = await Promise.all(
    ["cmdline", "environ"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")),
  );
  const options = environment.split("\0").find((entry) => entry.startsWith("NODE_OPTIONS="));
  return [...line.split("\0"), ...(options?.slice("NODE_OPTIONS=".length).split(/\s+/) ?? [])];
}
