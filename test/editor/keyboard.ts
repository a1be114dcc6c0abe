import assert from "node:assert/strict";
import type { Frame, Page } from "playwright-core";

/** Presses Tab, or another key, until the focus in a view is on what a selector finds. */
export async function tabTo(page: Page, view: Frame, selector: string, key = "Tab"): Promise<void> {
  const isThere = () =>
    view.evaluate((wanted) => document.hasFocus() && document.activeElement!.matches(wanted), selector);
  const STOPS = 40;
  for (let i = 0; i < STOPS && !(await isThere()); i++) await page.keyboard.press(key);
  assert.ok(await isThere(), `${key} leads to ${selector}`);
}
