/** "1.5 MB": decimal units, as few digits as tell enough. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  if (bytes === 1) return "1 byte";
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "1,234" */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "CPython 3.11.7", or "V8" where the file does not tell the version. */
export function formatRuntime({
  runtime,
  version,
}: {
  readonly runtime: string;
  readonly version: string | null;
}): string {
  const name = runtime === "cpython" ? "CPython" : "V8";
  return version === null ? name : `${name} ${version}`;
}
