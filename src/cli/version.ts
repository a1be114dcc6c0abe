declare const OUROBOROS_VERSION: string | undefined;

/** This program's version; the bundler puts it in. */
export const VERSION = typeof OUROBOROS_VERSION === "string" ? OUROBOROS_VERSION : "development";
