import { SnapshotError } from "../formats/errors.js";
import { printable } from "../heap/names.js";
import { Session } from "../session/Session.js";

/** A wrong way of calling a command; ends the program with exit code 2. */
export class UsageError extends Error {}

/** A file that can't be read as a snapshot; ends the program with exit code 3. */
export class UnreadableFileError extends Error {
  constructor(file: string, error: SnapshotError) {
    const { message, format, offset, advice } = error;
    const where = offset === undefined ? "" : `, at byte ${offset}`;
    const text = `can't read ${printable(file, LINE)} (format: ${format}${where}): ${printable(message.replace(/\.+$/, ""), LINE)}.`;
    super(`${text}\n${printable(advice, LINE)}`, { cause: error });
  }
}

/** Options that every command on a snapshot takes. */
export interface CommonOptions {
  readonly json?: true;
  readonly all?: true;
}

const LINE = 1000;
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
  } catch (error) {
    throw error instanceof SnapshotError ? new UnreadableFileError(file, error) : error;
  } finally {
    if (terminal) process.stderr.write(CLEAR_LINE);
  }
}
