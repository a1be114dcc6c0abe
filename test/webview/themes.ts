import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { applyAxe } from "./axe.js";
import { drawn, type ViewOptions } from "./harness.js";

/** The editor's four sorts of themes, by name. */
export const THEMES: readonly (readonly [name: string, options: Pick<ViewOptions, "colorScheme" | "contrast">])[] = [
  ["dark", { colorScheme: "dark" }],
  ["light", { colorScheme: "light" }],
  ["dark of high contrast", { colorScheme: "dark", contrast: "more" }],
  ["light of high contrast", { colorScheme: "light", contrast: "more" }],
];

/** Asserts that a page has no violation of accessibility, and that nothing of it is wider than there is room. */
export async function assertClean(page: Page, what: string): Promise<void> {
  await drawn(page);
  const { violations, rules } = await applyAxe(page);
  assert.deepEqual(violations, [], what);
  assert.ok(rules > 10, `${what}: ${rules} rules applied`);
  const wide = await page.evaluate(() => [
    ...[document.documentElement, document.body, ...document.querySelectorAll(".main, .pane, .split-view, .header")]
      .filter((part) => part.scrollWidth > part.clientWidth)
      .map((part) => `${part.className || part.tagName}: ${part.scrollWidth} > ${part.clientWidth}`),
    // What a chart writes must be inside of it, and its texts apart from each other.
    ...[...document.querySelectorAll("svg[role=img]")].flatMap((svg) => {
      const outer = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()] as const);
      return texts.flatMap(([text, one], i) => [
        ...(one.left < outer.left || one.right > outer.right || one.top < outer.top - 1 || one.bottom > outer.bottom + 1
          ? [`${text.textContent} is cut off`]
          : []),
        ...texts
          .slice(i + 1)
          .filter(([, { left, right, top, bottom }]) =>
            Boolean(left < one.right && one.left < right && top < one.bottom && one.top < bottom),
          )
          .map(([other]) => `${text.textContent} touches ${other.textContent}`),
      ]);
    }),
  ]);
  assert.deepEqual(wide, [], what);
}
