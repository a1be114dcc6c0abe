import { Session } from "../session/Session.js";

/** A wrong way of calling a command; ends the program with exit code 2. */
export class UsageError extends Error {}

/** Options that every command on a snapshot takes. */
export interface CommonOptions {
  readonly json?: true;
  readonly all?: true;
}

const CLEAR_LINE = "\r\u001b[K";

/** Opens a snapshot, with progress on stderr where that is a terminal. */
export async function openSession(file: string): Promise<Session> {
  const terminal = process.stderr.isTTY;
  try {
    return await Session.open(file, {
      progress: (done, step) => {
        if (terminal) process.stderr.write(`${CLEAR_LINE}reading ${step} … ${Math.round(done * 100)} %`);
      },
    });
  } finally {
    if (terminal) process.stderr.write(CLEAR_LINE);
  }
}
