// What V8 calls scripts: paths, URLs of several schemes, and names of what has no file. Pure: knows no disk.

const SCHEME = /^([a-z][a-z\d+.-]+):\/\/([^/\\?#]*)/i;
const DRIVE = /^[a-z]:([\\/]|$)/i;
// Code that was evaluated, typed in, compiled to WebAssembly, or brought by a debugger.
const GENERATED = [
  /^\[(eval|stdin|worker eval)\d*\](-wrapper)?$/,
  /^evalmachine\.<.*>$/s,
  /^(REPL|VM)\d+$/,
  /^(blob|data|wasm|javascript|about|debugger|pptr|extensions:):/i,
  /^__(playwright|puppeteer)_evaluation_script__/,
];

/** True for a script that is part of Node.js: `node:fs`, `node:internal/modules/cjs/loader`. */
export function isOfRuntime(name: string): boolean {
  return name.startsWith("node:");
}

/** True for a script that was made while the program ran, so that no file has its name. */
export function isGenerated(name: string): boolean {
  return GENERATED.some((pattern) => pattern.test(name));
}

/** True for the URL of a script: `https://…`, `webpack://…`, `file:///…`. */
export function isUrl(name: string): boolean {
  return SCHEME.test(name);
}

/**
 * The path that a `file:` URL names, by the rules of the system that the URL comes from: `C:\app\a.js`,
 * `\\host\share\a.js`. Other names are returned as they are.
 */
export function withoutFileScheme(name: string): string {
  const [whole, scheme, host] = SCHEME.exec(name) ?? [""];
  if (scheme?.toLowerCase() !== "file") return name;
  const path = decoded(withoutQuery(name.slice(whole.length)));
  if (DRIVE.test(path.slice(1))) return path.slice(1).replaceAll("/", "\\");
  if (host !== "" && host.toLowerCase() !== "localhost") return `\\\\${host}${path.replaceAll("/", "\\")}`;
  return path;
}

/**
 * The parts of the path of a URL, without query, hash and steps up; a bundler's `~` is node_modules. Undefined for
 * what is no URL. The document of a folder is its index.html.
 */
export function urlParts(name: string): string[] | undefined {
  const [whole, scheme] = SCHEME.exec(name) ?? [""];
  if (whole === "") return undefined;
  const path = withoutQuery(name.slice(whole.length));
  const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  if (/^https?$/i.test(scheme) && (path === "" || path.endsWith("/"))) parts.push("index.html");
  const bundled = scheme.toLowerCase().startsWith("webpack");
  return parts.map((part) => (bundled && part === "~" ? "node_modules" : decoded(part)));
}

/** A URL without its query and hash, percent signs resolved: what path mappings and people go by. */
export function plainUrl(url: string): string {
  const [whole] = SCHEME.exec(url) ?? [""];
  return whole + decoded(withoutQuery(url.slice(whole.length)));
}

function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/s, "");
}

/** Percent signs resolved; the text as it is where they are none. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
