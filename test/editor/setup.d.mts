/** Where the Node that code-server runs on is. */
export const nodePath: string;
/** Where code-server is. */
export const serverPath: string;
export const home: string;
/** Fetches code-server once: 0.8 GB. Throws where that fails. */
export function ensureCodeServer(): void;
/** Path of a Chromium, Chrome or Edge; installs Debian's where that can be done; undefined where there is none. */
export function ensureChromium(): string | undefined;
