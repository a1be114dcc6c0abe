import type { Page } from "playwright-core";
import { eventually } from "./harness.js";

/** Returns the text of what has the focus. */
export function focusedText(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.textContent?.trim());
}

/** Goes on by Tab until what has this text has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  await eventually(async () => {
    await page.keyboard.press("Tab");
    return (await focusedText(page)) === name;
  }, `Tab leads to ${name}`);
}

/** Goes on by Tab from a table, of this label, to a button. */
export async function tabFrom(page: Page, grid: string, name: string): Promise<void> {
  await page.getByRole("grid", { name: grid, exact: true }).focus();
  await tabTo(page, name);
}

/** Waits until a view's heading has the focus: it takes it as soon as the view is there. */
export async function headingFocused(page: Page, heading: string): Promise<void> {
  await page.locator(`h1:focus:text-is(${JSON.stringify(heading)})`).waitFor();
}

/** Goes back to a view, and waits for its heading, which would take the focus from what has been focused meanwhile. */
export async function goBack(page: Page, heading: string): Promise<void> {
  await page.keyboard.press("Alt+ArrowLeft");
  await headingFocused(page, heading);
}
