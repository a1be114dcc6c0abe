import type { Locator, Page } from "playwright-core";
import type { Picture, PictureRequest, PictureSeed } from "../../../src/picture/Picture.js";
import type { CannedHost } from "../CannedHost.js";
import type { ViewOptions, Views } from "../harness.js";

const SEED: PictureSeed = { kind: "object", id: "0x20" };

/** A page with the leak graph, whose host answers with canned pictures. */
export interface GraphPage {
  readonly page: Page;
  readonly host: CannedHost;
  box(key: string): Locator;
  /** The requests for pictures so far. */
  requests(): PictureRequest[];
}

/** Opens the leak graph in a page of its own. */
export async function openGraph(
  views: Views,
  answer: (request: PictureRequest) => Picture,
  options: ViewOptions = {},
): Promise<GraphPage> {
  const host = await views.canned(options);
  host.answers.picture = answer;
  host.answers.pictureFile = ({ format }) => ({ name: `leak.${format}`, text: "text" });
  await host.open();
  await host.tell({ kind: "show", route: { view: "graph", seed: SEED } });
  const { page } = host;
  await page.locator("[data-box]").first().waitFor();
  return {
    page,
    host,
    box: (key) => page.locator(`[data-box="${key}"]`),
    requests: () => host.asked("picture").map(({ params }) => params as PictureRequest),
  };
}
