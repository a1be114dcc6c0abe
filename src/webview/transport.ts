import type { FromView, Route, ToView } from "../session/viewMessages.js";
import { copyText, saveText } from "./browser.js";

/** The way to the host. */
export interface Transport {
  post(message: FromView): void;
  /** Keeps what is shown for when the view is made anew. */
  remember(route: Route): void;
  remembered(): Route | undefined;
}

interface EditorApi {
  postMessage(message: FromView): void;
  setState(state: Route): void;
  getState(): Route | undefined;
}
declare const acquireVsCodeApi: (() => EditorApi) | undefined;

/** Connects to the editor where the page is in one, else to the server that the page came from. */
export function connect(receive: (message: ToView) => void): Transport {
  return typeof acquireVsCodeApi === "function" ? toEditor(acquireVsCodeApi(), receive) : toServer(receive);
}

function toEditor(api: EditorApi, receive: (message: ToView) => void): Transport {
  window.addEventListener("message", (event: MessageEvent<ToView>) => receive(event.data));
  return {
    post: (message) => api.postMessage(message),
    remember: (route) => api.setState(route),
    remembered: () => api.getState(),
  };
}

const ENDED: ToView = {
  kind: "failed",
  message: "The connection to Ouroboros is lost.",
  advice: "Perhaps it has ended: then start `ouroboros open` again.",
};

/** Messages come as server-sent events and go as posts, both below the page's own address, which holds the token. */
function toServer(receive: (message: ToView) => void): Transport {
  const base = location.pathname.replace(/\/?$/, "/");
  const queued: FromView[] = [];
  let client: string | undefined;
  let started = false;
  let events: EventSource;
  // One after the other, since requests can overtake each other.
  let sent: Promise<void> = Promise.resolve();
  const send = (message: FromView) => {
    sent = sent.then(async () => {
      const body = JSON.stringify(message);
      // A server that can't be reached is noticed by the event stream.
      const response = await fetch(`${base}messages?client=${client}`, { method: "POST", body }).catch(() => undefined);
      if ((response?.status === 400 || response?.status === 413) && message.kind === "ask")
        receive({ kind: "refused", id: message.id, message: "The question was refused.", advice: "Ask for less." });
    });
  };
  const open = () => {
    let failures = 0;
    events = new EventSource(`${base}events`);
    // The first event names this view, so that answers find it among others.
    events.addEventListener("client", (event: MessageEvent<string>) => {
      failures = 0;
      client = event.data;
      for (const message of queued.splice(0)) send(message);
      // After a lost connection, and what was being answered with it, all is asked anew.
      if (started) receive({ kind: "loading", done: 0, step: "" });
      if (started) send({ kind: "ready" });
      started = true;
    });
    events.addEventListener("message", (event: MessageEvent<string>) => receive(JSON.parse(event.data) as ToView));
    const end = (message: ToView) => {
      events.close();
      client = undefined;
      receive(message);
    };
    events.addEventListener("closed", (event: MessageEvent<string>) => end(JSON.parse(event.data) as ToView));
    events.addEventListener("error", () => {
      // The first time the browser tries again by itself.
      if (events.readyState === EventSource.CLOSED || ++failures > 1) end(ENDED);
    });
  };
  open();
  return {
    post(message) {
      if (message.kind === "save") receive({ kind: "notice", text: saveText(message.name, message.text) });
      else if (message.kind === "copy") void copyText(message.text).then((text) => receive({ kind: "notice", text }));
      else if (client !== undefined) send(message);
      else if (events.readyState !== EventSource.CLOSED) queued.push(message);
      else if (message.kind === "retry") open();
    },
    // By address, so that another snapshot in the same tab doesn't start where this one was left.
    remember: (route) => sessionStorage.setItem(base, JSON.stringify(route)),
    remembered: () => JSON.parse(sessionStorage.getItem(base) ?? "null") ?? undefined,
  };
}
