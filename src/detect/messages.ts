import { formatBytes, formatCount } from "./format.js";
import { cacheTexts } from "./texts/caches.js";
import { cutTexts } from "./texts/cuts.js";
import { cycleTexts } from "./texts/cycles.js";
import { growthTexts } from "./texts/growth.js";
import { pileTexts } from "./texts/piles.js";
import { pinTexts } from "./texts/pins.js";
import { v8Texts } from "./texts/v8.js";

/** Values of a message's placeholders. */
export type MessageArguments = Readonly<Record<string, string | number | Message>>;

/** A text to be rendered: its id in the catalogue and what goes into it. */
export interface Message {
  readonly id: MessageId;
  readonly arguments: MessageArguments;
}

export type MessageId = keyof typeof catalogue;

/**
 * All texts, English. `{name}` takes an argument, `{name:bytes}` formats bytes, `{name:count}` a count, and
 * `{name:one|many}` chooses by a number.
 */
export const catalogue = {
  ...cycleTexts,
  ...cutTexts,
  ...cacheTexts,
  ...pinTexts,
  ...pileTexts,
  ...growthTexts,
  ...v8Texts,
} as const;

/** The text of a message. Bytes and counts come out with units and separators. */
export function renderMessage(message: Message): string {
  return catalogue[message.id].replace(/\{(\w+)(?::([^}]+))?\}/g, (_, name: string, format?: string) => {
    const value = message.arguments[name] ?? "";
    if (typeof value === "string") return value;
    if (typeof value === "object") return renderMessage(value);
    if (format === "bytes") return formatBytes(value);
    const [one, many] = format?.split("|") ?? [];
    return many === undefined ? formatCount(value) : value === 1 ? one : many;
  });
}
