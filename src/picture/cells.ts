import stringWidth from "string-width";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
// A base character with a pile of marks on it would be painted over the boxes above and below.
const LONGEST_GRAPHEME = 16;

/** How many cells of a monospaced font a text takes. */
export function cells(text: string): number {
  return stringWidth(text);
}

/** The text cut at its end to so many cells, with "…" where something is missing. Never cuts within a character. */
export function cutEnd(text: string, limit: number): string {
  const all = split(text);
  if (widthOf(all) <= limit) return all.join("");
  return `${head(all, limit - 1).join("")}…`;
}

/** As `cutEnd`, but what is missing is in the middle: the last part of a dotted name says most. */
export function cutMiddle(text: string, limit: number): string {
  const all = split(text);
  if (widthOf(all) <= limit) return all.join("");
  const tail = head(all.toReversed(), Math.ceil((limit - 1) * 0.6)).reverse();
  const start = head(all, limit - 1 - widthOf(tail));
  return `${start.join("")}…${tail.join("")}`;
}

/**
 * A name cut to so many cells: of a qualified one such as `function outer.<locals>.inner` the last parts stay, of
 * others the ends.
 */
export function cutName(name: string, limit: number): string {
  if (cells(name) <= limit) return cutEnd(name, limit);
  const [, kind, path] = /^(\S+ )?(\S+)$/.exec(name) ?? [];
  const parts = path?.split(".") ?? [];
  while (parts.length > 1) {
    parts.shift();
    if (parts[0] === "<locals>") continue;
    const text = `${kind ?? ""}…${parts.join(".")}`;
    if (cells(text) <= limit) return text;
  }
  return cutMiddle(name, limit);
}

function split(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => (segment.length > LONGEST_GRAPHEME ? "\ufffd" : segment));
}

function widthOf(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + cells(part), 0);
}

function head(parts: readonly string[], limit: number): string[] {
  let width = 0;
  const end = parts.findIndex((part) => (width += cells(part)) > limit);
  return parts.slice(0, end < 0 ? parts.length : end);
}
