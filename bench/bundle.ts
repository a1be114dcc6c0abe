import { join } from "node:path";
import { build } from "esbuild";

/** Bundles a source into one script in `folder`, to be run by Node as a process of its own. Returns its path. */
export async function bundled(source: string, folder: string): Promise<string> {
  const script = join(folder, `${source}.mjs`);
  await build({
    entryPoints: [join("bench", `${source}.ts`)],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "warning",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return script;
}
