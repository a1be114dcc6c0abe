import assert from "node:assert/strict";
import { eventually, views } from "./harness.js";

const REPORT = (title: string) => ({
  snapshot: {} as never,
  findings: [
    {
      rule: "object-cycle",
      severity: "error",
      title,
      why: "Because.",
      count: 1,
      bytes: 10,
      objects: [],
      objectsTotal: 0,
      fingerprint: "",
      path: [],
    },
  ],
});

describe("webview: while a snapshot is read", () => {
  const view = views();

  it("shows the step and how far it is, and can be cancelled and opened again", async () => {
    const host = await view.canned();
    const { page } = host;
    const main = page.getByRole("main");
    await main.getByRole("heading", { name: "Reading the snapshot" }).waitFor();
    const bar = page.getByRole("progressbar");
    assert.equal(await bar.getAttribute("value"), null, "nothing is known yet");
    await host.tell({ kind: "loading", done: 0.4, step: "strings" });
    await main.getByText("Reading strings … 40 %").waitFor();
    assert.equal(await bar.evaluate((element: HTMLProgressElement) => element.value / element.max), 0.4);
    await host.tell({ kind: "loading", done: 0.85, step: "references" });
    await main.getByText("Reading references … 85 %").waitFor();
    assert.equal(await page.getByRole("navigation").count(), 0, "there is nothing to navigate in yet");
    const before = host.received.length;
    await page.getByRole("button", { name: "Cancel" }).click();
    await host.says("cancelLoad", before);
    await host.tell({ kind: "cancelled" });
    await main.getByRole("heading", { name: "Cancelled" }).waitFor();
    assert.equal(await bar.count(), 0);
    await page.getByRole("button", { name: "Open" }).click();
    await host.says("retry", before);
    await host.tell({ kind: "loading", done: 0, step: "" });
    await main.getByText("Starting …").waitFor();
    await host.open("/data/app.pyheapsnapshot");
    assert.equal(await page.title(), "Overview - app.pyheapsnapshot");
    assert.equal(await page.getByRole("heading", { name: "Reading the snapshot" }).count(), 0);
  });

  it("says what is wrong with a file and what to do, and tries again", async () => {
    const host = await view.canned();
    const { page } = host;
    await host.tell({ kind: "failed", message: "app: cut off at offset 1234", advice: "Copy the file again." });
    const alert = page.getByRole("alert");
    await alert.getByText("app: cut off at offset 1234").waitFor();
    await alert.getByText("Copy the file again.").waitFor();
    const before = host.received.length;
    await page.getByRole("button", { name: "Try again" }).click();
    await host.says("retry", before);
  });

  it("takes no answer about a file that has been read anew since", async () => {
    const host = await view.canned();
    const { page } = host;
    await host.open();
    const old = await host.question("report");
    await host.tell({ kind: "answer", id: old.id, answer: REPORT("An old leak") });
    await page.getByRole("heading", { name: "An old leak" }).waitFor();
    await host.tell({ kind: "failed", message: "The analysis process has ended.", advice: "Try again." });
    await page.getByRole("button", { name: "Try again" }).click();
    await host.tell({ kind: "loading", done: 0, step: "" });
    await host.open();
    const anew = await host.question("report", 1);
    assert.equal(await page.getByText("An old leak").count(), 0);
    await host.tell({ kind: "answer", id: old.id, answer: REPORT("An old leak") });
    await host.tell({ kind: "answer", id: anew.id, answer: REPORT("A new leak") });
    await page.getByRole("heading", { name: "A new leak" }).waitFor();
    assert.equal(await page.getByText("An old leak").count(), 0);
  });

  it("is watched by a policy that forbids markup to style itself, and scripts", async () => {
    const { page } = await view.canned();
    await page.evaluate(() => {
      const box = document.createElement("div");
      box.innerHTML = '<p style="color: red">x</p>';
      document.body.append(box);
    });
    await eventually(() => view.misdeeds.length > 0, "the breach is told");
    assert.match(view.misdeeds.splice(0).join(), /Content Security Policy directive.*style-src/);
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
    });
    await eventually(() => view.misdeeds.length > 0, "the breach is told");
    assert.match(view.misdeeds.splice(0).join(), /Content Security Policy directive.*script-src/);
    assert.notEqual(await page.title(), "owned");
  });
});
