import * as vscode from "vscode";
import { formatBytes, formatCount } from "../detect/format.js";
import type { SearchResult } from "../session/queries/search.js";
import type { OpenSnapshot } from "../session/SnapshotPool.js";
import { withoutIcons } from "./labels.js";

const TYPING_MS = 150;
const LIMIT = 100;

interface ObjectItem extends vscode.QuickPickItem {
  readonly id?: string;
}

/** Asks for an object of a snapshot by name, type or id; undefined where the user gave up. */
export function pickObject(snapshot: OpenSnapshot, title: string): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<ObjectItem>();
  pick.title = title;
  pick.placeholder = vscode.l10n.t("Name, type or id of an object");
  let asked = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => {
    asked.abort();
    clearTimeout(timer);
  };
  const search = async (text: string, { signal }: AbortController) => {
    try {
      const found = await snapshot.ask("search", { text, limit: LIMIT }, { signal });
      if (!signal.aborted) pick.items = itemsOf(found);
    } catch (error) {
      if (!signal.aborted) pick.items = [{ label: withoutIcons((error as Error).message), alwaysShow: true }];
    } finally {
      if (!signal.aborted) pick.busy = false;
    }
  };
  pick.onDidChangeValue((value) => {
    giveUp();
    const text = value.trim();
    pick.busy = text !== "";
    if (text === "") pick.items = [];
    else timer = setTimeout(() => void search(text, (asked = new AbortController())), TYPING_MS);
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const id = pick.activeItems[0]?.id;
      if (id === undefined) return;
      resolve(id);
      pick.hide();
    });
    pick.onDidHide(() => {
      giveUp();
      pick.dispose();
      resolve(undefined);
    });
    pick.show();
  });
}

function itemsOf({ rows, total }: SearchResult): ObjectItem[] {
  if (rows.length === 0) return [{ label: vscode.l10n.t("No object fits."), alwaysShow: true }];
  // The search has decided what fits; the list's own filter must not.
  const items = rows.map(({ id, name, type, self, retained }): ObjectItem => {
    return {
      id,
      label: withoutIcons(name),
      description: withoutIcons(name === type ? id : `${type}  ${id}`),
      detail: vscode.l10n.t("{0}, retains {1}", formatBytes(self), formatBytes(retained)),
      alwaysShow: true,
    };
  });
  if (total <= rows.length) return items;
  const more = vscode.l10n.t("{0} more objects fit; type more of the name", formatCount(total - rows.length));
  return [...items, { label: more, kind: vscode.QuickPickItemKind.Separator }];
}
