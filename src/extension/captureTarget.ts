// Which program runs a capture, and where its snapshot goes. Pure: knows neither the editor nor the disk.
import { basename, delimiter, extname, join } from "node:path";

/** "NAME-20261124-040507.pyheapsnapshot" for a Python file */
export function snapshotName(program: string, time: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  const clock = `${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
  return `${basename(program, extname(program))}-${day}-${clock}.pyheapsnapshot`;
}

/**
 * The first program of some names in the folders of a PATH: all folders for the first name, then for the next.
 * @param exists whether a path is a program
 */
export function findProgram(
  names: readonly string[],
  path: string,
  exists: (path: string) => boolean,
): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(exists);
}
