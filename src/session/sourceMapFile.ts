// From a script's text to the text of its source map.
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { decoded, isUrl, urlParts, withoutFileScheme } from "../model/scriptNames.js";

/** Bytes of the largest source map that is read. */
export const LARGEST_MAP = 64 << 20;

/** A source map that is named and was not read. The message is for the user, and goes on from "the source map of …". */
export class UnmappedError extends Error {}

/** The text of a source map, and where it lies: what its sources are relative to. */
export interface MapText {
  readonly text: string;
  readonly folder: string;
}

/** The URL of the source map in the comment at a script's end, or undefined. */
export function sourceMapUrl(text: string): string | undefined {
  const at = text.lastIndexOf("sourceMappingURL=");
  if (at < 0) return undefined;
  const start = Math.max(text.lastIndexOf("\n", at), text.lastIndexOf("\r", at)) + 1;
  const end = text.slice(at).search(/[\r\n]/);
  const line = end < 0 ? text.slice(start) : text.slice(start, at + end);
  const [, url] = /\/[/*][#@][ \t]+sourceMappingURL=([^\s'"]+)[ \t]*(?:\*\/[ \t]*)?$/.exec(line) ?? [];
  // A comment with code behind it is that of another script within this one, or a text.
  return end < 0 ||
    text
      .slice(at + end)
      .split(/[\r\n]+/)
      .every(isComment)
    ? url
    : undefined;
}

function isComment(line: string): boolean {
  const text = line.trim();
  return text === "" || text.startsWith("//") || (text.startsWith("/*") && text.indexOf("*/", 2) === text.length - 2);
}

/**
 * Reads the source map that a script names, or nothing where it names none.
 * @param script path of the script
 * @param text of the script
 * @param most bytes of a map
 * @throws UnmappedError
 */
export function readMapText(script: string, text: string, most = LARGEST_MAP): MapText | undefined {
  const url = sourceMapUrl(text);
  if (url === undefined) return undefined;
  if (/^data:/i.test(url)) return { text: dataText(url, most), folder: dirname(script) };
  const tried = placesOf(script, url);
  for (const path of tried) {
    const size = sizeOf(path);
    if (size === undefined) continue;
    if (size > most) throw tooLarge(size, most);
    try {
      return { text: readFileSync(path, "utf8"), folder: dirname(path) };
    } catch (error) {
      throw new UnmappedError(`can't be read: ${(error as Error).message}`);
    }
  }
  throw new UnmappedError(`is not on this computer (${tried[0]})`);
}

function tooLarge(size: number, most: number): UnmappedError {
  return new UnmappedError(`is too large: ${size} bytes, where ${most} are read`);
}

function dataText(url: string, most: number): string {
  const comma = url.indexOf(",");
  if (comma < 0) throw new UnmappedError("is no whole data: URL");
  const isBase64 = /;base64$/i.test(url.slice(0, comma));
  const size = Math.floor((url.length - comma) * (isBase64 ? 0.75 : 1));
  if (size > most) throw tooLarge(size, most);
  const data = url.slice(comma + 1);
  return isBase64 ? Buffer.from(decoded(data), "base64").toString() : decoded(data);
}

/** Where the file of a source map's URL may be. One that a server would give out is looked for beside the script. */
function placesOf(script: string, url: string): string[] {
  const beside = dirname(script);
  if (isUrl(url) && !/^file:/i.test(url)) return [join(beside, urlParts(url)?.at(-1) ?? "")];
  const path = withoutFileScheme(url);
  const plain = decoded(path.replace(/[?#].*$/s, ""));
  const found = [resolve(beside, plain), resolve(beside, path)];
  if (isAbsolute(plain)) found.push(join(beside, basename(plain)));
  return [...new Set(found)];
}

function sizeOf(path: string): number | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() ? stat.size : undefined;
  } catch {
    return undefined;
  }
}
