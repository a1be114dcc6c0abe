// The native peer: @heap-snapshot/tool from npm, a port of DevTools' code to Rust. Its binary wants glibc 2.39: where
// there is an older one, it runs under Debian's, which is unpacked beside it and installed nowhere.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { HOME } from "./heaps.js";

const VERSION = "0.0.10";
const NPM_FLAGS = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--loglevel=error"];
const RELEASE = "trixie";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The command that runs it, or why it can't be run here. */
export function nativeTool(): readonly string[] | string {
  const home = resolve(HOME, "native");
  const binary = join(home, "node_modules", "@heap-snapshot", "linux-x64", "heap-snapshot");
  try {
    if (!existsSync(binary)) {
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, "package.json"), '{ "private": true, "name": "native-peer" }\n');
      execFileSync("npm", ["install", ...NPM_FLAGS, `@heap-snapshot/tool@${VERSION}`], { cwd: home });
      chmodSync(binary, 0o755);
    }
    if (runs([binary])) return [binary];
    const libraries = debianLibraries(join(home, "glibc"));
    const command = [join(libraries, "ld-linux-x86-64.so.2"), "--library-path", libraries, binary];
    return runs(command) ? command : `it does not run under the glibc of Debian ${RELEASE} either`;
  } catch (error) {
    return `it can't be had here: ${(error as Error).message.split("\n", 1)[0]}`;
  }
}

function runs([command, ...args]: readonly string[]): boolean {
  return spawnSync(command, [...args, "--help"], { stdio: "ignore" }).status === 0;
}

/** Downloads two packages of a Debian release, with lists and a cache of their own, and unpacks them. */
function debianLibraries(home: string): string {
  const libraries = join(home, "root", "usr", "lib", "x86_64-linux-gnu");
  if (existsSync(join(libraries, "libgcc_s.so.1"))) return libraries;
  rmSync(home, { recursive: true, force: true });
  for (const folder of ["sources", "lists/partial", "cache/archives/partial", "root"]) {
    mkdirSync(join(home, folder), { recursive: true });
  }
  writeFileSync(
    join(home, "sources", "debian.list"),
    `deb [signed-by=${KEYRING}] http://deb.debian.org/debian ${RELEASE} main\n`,
  );
  const settings = {
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": join(home, "sources"),
    "Dir::State::Lists": join(home, "lists"),
    "Dir::Cache": join(home, "cache"),
  };
  const config = join(home, "apt.conf");
  writeFileSync(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(""),
  );
  const options = { cwd: home, env: { ...process.env, APT_CONFIG: config }, stdio: "ignore" } as const;
  execFileSync("apt-get", ["update", "-qq"], options);
  execFileSync("apt-get", ["download", "-qq", "libc6", "libgcc-s1"], options);
  for (const name of readdirSync(home).filter((file) => file.endsWith(".deb"))) {
    execFileSync("dpkg", ["-x", join(home, name), join(home, "root")]);
  }
  return libraries;
}
