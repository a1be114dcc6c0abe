/*
A chat that shows the latest messages only. For answers a map leads from each message's element to the element that it was
put into, also for those that have long been removed.

rule: detached-dom
source: https://github.com/bem/bem-core/issues/1535 (domNodesToParents collects detached nodes and is never cleared)
names: nodesToParents, createMessage
planted: MessageInfo
*/
"use strict";
const LEAKS = location.search === "?leak";
const SHOWN = 20;

const nodesToParents = new Map(); // <- here

class MessageInfo {
  constructor(number, parent) {
    this.number = number;
    this.parent = parent;
  }
}

function createMessage(number) {
  // <- here
  const element = document.createElement("article"); // <- here
  element.id = `message-${number}`;
  const author = document.createElement("b");
  author.textContent = `user ${number % 7}`;
  const text = document.createElement("p");
  text.textContent = `Message ${number} to all who are here`;
  element.append(author, text);
  return element;
}

function show(room, number) {
  // <- here
  const element = createMessage(number);
  room.append(element);
  nodesToParents.set(element, new MessageInfo(number, room)); // <- here
  if (room.childElementCount > SHOWN) {
    const oldest = room.firstElementChild;
    oldest.remove();
    if (!LEAKS) nodesToParents.delete(oldest);
  }
}

let messages = 0;

window.work = function work() {
  const room = document.getElementById("main");
  for (let i = 0; i < 400; i++) show(room, ++messages);
  const latest = nodesToParents.get(room.lastElementChild);
  if (latest.number !== messages) throw new Error("the latest message is not there");
};
