import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Frame, Page } from "playwright-core";

const AXE = readFileSync(join("node_modules", "axe-core", "axe.min.js"), "utf8");

declare const axe: { run(root: Document): Promise<AxeResults> };

/** What axe-core finds wrong with a page, a text for each place, and how many of its rules the page has passed. */
export async function applyAxe(page: Page | Frame): Promise<{ violations: string[]; rules: number }> {
  // Through the browser's debugger: the page's own policy forbids foreign scripts.
  await page.evaluate(AXE);
  // What is still fading in has the colours of neither state.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  const { violations, passes } = await page.evaluate(() => axe.run(document));
  const told = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`),
  );
  return { violations: told, rules: passes.length };
}
