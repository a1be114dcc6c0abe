import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { type Fixture, openSnapshot, openWindow, runCommand, WAIT } from "./fixture.js";
import { editor } from "./shared.js";

const LONGEST = 5000;

/** That nothing in the view is more than text, and none of it too long or able to reorder what stands around it. */
async function showsTextOnly(view: Frame, what: string): Promise<void> {
  const { elements, title, texts } = await view.evaluate(() => {
    const walker = document.createTreeWalker(document.getElementById("app")!, NodeFilter.SHOW_TEXT);
    const all = [document.title];
    while (walker.nextNode()) all.push(walker.currentNode.textContent ?? "");
    const wrong = "img, b, script, iframe, object, embed, link, style, svg image, [onerror], [onload], a[href]";
    return { elements: document.querySelectorAll(`#app :is(${wrong})`).length, title: document.title, texts: all };
  });
  assert.equal(elements, 0, `${what}: markup became elements`);
  assert.notEqual(title, "owned", `${what}: script ran`);
  assert.ok(Math.max(...texts.map(({ length }) => length)) < LONGEST, `${what}: a long text`);
  assert.doesNotMatch(texts.join("\n"), /[\p{Bidi_Control}\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u, what);
}

describe("a hostile snapshot in a real VS Code", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });

  it("is shown as text: no markup, no script, nothing fetched, no violation of the policy", async () => {
    const { page, context, misdeeds } = await openWindow(fixture);
    const view = await openSnapshot(page, "hostile.pyheapsnapshot");
    await view
      .getByText(/<img src=http/)
      .first()
      .waitFor({ timeout: WAIT });
    await showsTextOnly(view, "overview");

    await runCommand(page, "Ouroboros: Find Reference Cycles");
    const families = view.getByRole("grid").getByRole("row");
    await view.getByRole("heading", { name: "Where to cut it" }).waitFor({ timeout: WAIT });
    await showsTextOnly(view, "cycles");

    const count = (await families.count()) - 1;
    assert.ok(count >= 7, `${count} families`);
    for (let i = 1; i <= count; i++) {
      await view.getByRole("navigation").getByRole("button", { name: "Cycles", exact: true }).click();
      await families.nth(i).getByRole("button").first().click({ timeout: WAIT });
      await view.locator("[data-box]").first().waitFor({ timeout: WAIT });
      await view.locator("[data-box] .plate").first().click();
      await view.getByRole("button", { name: "Object details" }).waitFor({ timeout: WAIT });
      await showsTextOnly(view, `graph ${i}`);
    }
    await view.getByRole("button", { name: "Object details" }).click();
    await view.getByRole("heading", { name: /^Referents/ }).waitFor({ timeout: WAIT });
    await showsTextOnly(view, "object");

    await view.getByRole("navigation").getByRole("button", { name: "Types", exact: true }).click();
    await view.getByRole("row").nth(5).waitFor({ timeout: WAIT });
    await showsTextOnly(view, "types");
    await page.keyboard.press("/");
    await page.keyboard.type("<img");
    await view.getByRole("option").first().waitFor({ timeout: WAIT });
    await showsTextOnly(view, "search");

    assert.deepEqual(misdeeds, { foreign: [], violations: [] });
    // Both would have been seen.
    await view.evaluate(() => document.body.append(Object.assign(new Image(), { src: "http://attacker.example/x" })));
    while (misdeeds.violations.length === 0 || misdeeds.foreign.length === 0) await page.waitForTimeout(100);
    assert.match(misdeeds.violations[0], /attacker\.example/);
    await context.close();
  });
});
