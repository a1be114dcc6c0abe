// `npm run notices`: writes THIRD_PARTY_NOTICES.md from what the build has bundled (dist/packages.json).
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./install.mjs";

export const noticesPath = join(root, "THIRD_PARTY_NOTICES.md");

const HEAD = `# Third-party notices

The package contains these libraries, bundled into its scripts.
`;
// What a package brings in compiled form, and its own licence file does not tell.
const INSIDE = {
  "@hpcc-js/wasm-graphviz":
    "It contains Graphviz compiled to WebAssembly (Eclipse Public License, https://graphviz.org/license/; source at https://gitlab.com/graphviz/graphviz) and Expat (MIT; https://github.com/libexpat/libexpat). The contributors to Graphviz disclaim all warranties and liability, as that licence says.",
};

/** The notices for the packages that the last build has bundled. */
export function notices() {
  const packages = JSON.parse(readFileSync(join(root, "dist", "packages.json"), "utf8"));
  return [HEAD, ...packages.map(section)].join("\n");
}

function section(name) {
  const folder = join(root, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), "utf8").trim();
  const inside = INSIDE[name] ? `${INSIDE[name]}\n\n` : "";
  return `## ${name} ${version} (${license})\n\n${inside}\`\`\`\n${text.replaceAll("\r\n", "\n")}\n\`\`\`\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  execFileSync(process.execPath, ["esbuild.mjs"], { cwd: root, stdio: "inherit" });
  writeFileSync(noticesPath, notices());
}
