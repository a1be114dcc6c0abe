import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Route } from "playwright-core";

/** Where the page stands; nothing listens there, the browser is answered from memory. */
export const ORIGIN = "http://127.0.0.1:1";

type PageOf = (webview: { readonly cspSource: string; asWebviewUri(uri: string): string }, extension: string) => string;

// Of the editor's API the page needs only to join paths.
const vscodeStub: Plugin = {
  name: "vscode",
  setup(bundler) {
    bundler.onResolve({ filter: /^vscode$/ }, ({ path }) => ({ path, namespace: "stub" }));
    bundler.onLoad({ filter: /.*/, namespace: "stub" }, () => ({
      contents: "export const Uri = { joinPath: (...path) => path.join('/') };",
    }));
  },
};

/** The extension's own page, with its policy, and what VS Code puts into a webview: the colours of a theme. */
async function html(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join("src", "extension", "page.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    plugins: [vscodeStub],
    logLevel: "warning",
  });
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  const { page } = (await import(`data:text/javascript;base64,${code}`)) as { readonly page: PageOf };
  const text = page({ cspSource: ORIGIN, asWebviewUri: (uri) => uri }, ORIGIN);
  return text.replace("<link", `<link rel="stylesheet" href="${ORIGIN}/media/browser.css">\n<link`);
}

/** Answers the page's requests; everything that is not the page's is refused and told. */
export async function pageServer(foreign: (url: string) => void): Promise<(route: Route) => Promise<void>> {
  const files = new Map([[`${ORIGIN}/`, { contentType: "text/html", body: await html() }]]);
  files.set(`${ORIGIN}/dist/webview.js`, {
    contentType: "text/javascript",
    body: readFileSync(join("dist", "webview.js"), "utf8"),
  });
  for (const name of ["webview", "graph", "arenas", "browser"]) {
    const path = join("media", `${name}.css`);
    const body = existsSync(path) ? readFileSync(path, "utf8") : "";
    files.set(`${ORIGIN}/media/${name}.css`, { contentType: "text/css", body });
  }
  return async (route) => {
    const url = route.request().url();
    const file = files.get(url);
    if (file) return route.fulfill(file);
    foreign(url);
    return route.abort();
  };
}
