import type { Frame } from "playwright-core";
import { WAIT } from "./fixture.js";

/** The colour themes that every view is looked at in, by what VS Code calls their kind. */
export const THEMES = {
  dark: "Dark Modern",
  light: "Light Modern",
  "high-contrast": "Default High Contrast",
  "high-contrast-light": "Default High Contrast Light",
} as const;

/** A view of the demo's snapshot, and how a user gets there from any other. */
export interface View {
  readonly name: string;
  readonly open: (view: Frame) => Promise<void>;
}

const toView = async (view: Frame, name: string) => {
  await view.getByRole("navigation").getByRole("button", { name, exact: true }).click();
};

/** All views, in an order in which each can be opened from the one before. */
export const VIEWS: readonly View[] = [
  {
    name: "overview",
    open: async (view) => {
      await toView(view, "Overview");
      await view
        .getByRole("button", { name: /^Show graph/ })
        .first()
        .waitFor({ timeout: WAIT });
    },
  },
  {
    name: "cycles",
    open: async (view) => {
      await toView(view, "Cycles");
      await view
        .getByRole("row", { name: /_iterencode/ })
        .first()
        .click();
      await view
        .getByText(/set _iterencode = None/)
        .first()
        .waitFor({ timeout: WAIT });
    },
  },
  {
    name: "graph",
    open: async (view) => {
      await view
        .getByRole("button", { name: /_make_iterencode/ })
        .first()
        .click();
      await view.locator("svg [data-box]").nth(8).waitFor({ timeout: WAIT });
      await view.locator("svg [data-box]").first().click();
    },
  },
  {
    name: "object",
    open: async (view) => {
      await view
        .getByRole("button", { name: /^Object details/ })
        .first()
        .click();
      await view.getByRole("heading", { name: /Referents/ }).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "types",
    open: async (view) => {
      await toView(view, "Types");
      await view
        .getByRole("row", { name: /__main__\.Page/ })
        .first()
        .click();
      await view.getByRole("row", { name: /0x/ }).first().waitFor({ timeout: WAIT });
    },
  },
];
