/** Copies a text where no editor does it; returns what the user should be told. */
export async function copyText(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied.";
  } catch {
    return "The browser did not allow copying.";
  }
}

const TYPES: Readonly<Record<string, string>> = { svg: "image/svg+xml", dot: "text/vnd.graphviz" };

/** Saves a text as a download where no editor does it; returns what the user should be told. */
export function saveText(name: string, text: string): string {
  const ending = name.split(".").at(-1) ?? "";
  const url = URL.createObjectURL(new Blob([text], { type: TYPES[ending] ?? "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser needs the address until it has started to save.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return `Saved as ${name} where your browser saves files.`;
}
