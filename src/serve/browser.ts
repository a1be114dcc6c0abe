import { spawn } from "node:child_process";

function opener(): readonly [command: string, ...args: string[]] | undefined {
  switch (process.platform) {
    case "darwin":
      return ["open"];
    case "win32":
      // `start` takes its first quoted argument for the window's title.
      return ["cmd", "/c", "start", '""'];
    default:
      // Without a display xdg-open would start a text browser in this terminal.
      return process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"] ? ["xdg-open"] : undefined;
  }
}

/** Opens an address in the default browser, where there is one; nothing happens where there is none. */
export function openBrowser(url: string): void {
  const command = opener();
  if (!command) return;
  const [program, ...args] = command;
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
