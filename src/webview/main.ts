import { formatBytes, formatCount } from "../detect/Finding.js";
import type { Report, ReportedFinding } from "../session/queries/report.js";
import type { FromView, ToView } from "../session/viewMessages.js";

interface Host {
  postMessage(message: FromView): void;
}
declare function acquireVsCodeApi(): Host;

const host = acquireVsCodeApi();
const view = document.getElementById("view")!;

/** An element with a class and text or children. Texts of a snapshot are hostile: they are set as text only. */
function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function button(text: string, message: FromView): HTMLButtonElement {
  const made = element("button", "action", text);
  made.addEventListener("click", () => host.postMessage(message));
  return made;
}

function card(finding: ReportedFinding, index: number): HTMLElement {
  const parts: Node[] = [
    element("p", "rule", `${finding.severity}: ${finding.rule}`),
    element("h2", "title", finding.title),
    element("p", "why", finding.why),
  ];
  if (finding.fix !== undefined) parts.push(element("p", "fix", element("strong", "", "What to do: "), finding.fix));
  if (finding.location) {
    const { file, line } = finding.location;
    parts.push(button(`${file.split(/[\\/]/).slice(-2).join("/")}:${line}`, { kind: "source", finding: index }));
  }
  return element("article", `finding ${finding.severity}`, ...parts);
}

function showReport(file: string, { snapshot, findings }: Report): void {
  const runtime = `${snapshot.runtime === "cpython" ? "CPython" : "V8"} ${snapshot.version}`;
  const size = `${formatCount(snapshot.nodes)} objects, ${formatBytes(snapshot.bytes)}`;
  const shown = findings.flatMap((finding, i) => (finding.severity === "info" ? [] : [card(finding, i)]));
  view.replaceChildren(
    element("h1", "heading", file),
    element("p", "summary", `${runtime}, ${size}`),
    ...(shown.length > 0 ? shown : [element("p", "summary", "None of the rules finds a leak.")]),
  );
}

window.addEventListener("message", (event: MessageEvent<ToView>) => {
  const message = event.data;
  switch (message.kind) {
    case "progress":
      view.replaceChildren(element("p", "summary", `Reading ${message.step} … ${Math.round(message.done * 100)} %`));
      break;
    case "report":
      showReport(message.file, message.report);
      break;
    case "error":
      view.replaceChildren(
        element("p", "problem", message.message),
        element("p", "summary", message.advice),
        button("Try again", { kind: "retry" }),
      );
      break;
  }
});
host.postMessage({ kind: "ready" });
