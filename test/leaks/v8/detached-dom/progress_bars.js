/*
Shows a bar for each upload. A bar that is full is removed from the page and stays in the list of bars.

rule: detached-dom
source: https://github.com/jacoborus/nanobar/pull/40 (bars that are done stay in the bars array as detached trees)
names: bars, ProgressBar
planted: ProgressBar
*/
"use strict";
const LEAKS = location.search === "?leak";

const bars = []; // <- here

class ProgressBar {
  // <- here
  constructor(container, name) {
    // <- here
    this.element = document.createElement("div"); // <- here
    this.element.className = "bar";
    const label = document.createElement("span");
    label.textContent = name;
    this.fill = document.createElement("i");
    this.element.append(label, this.fill);
    container.append(this.element);
    bars.push(this); // <- here
  }

  go(percent) {
    this.fill.style.width = `${percent}%`;
    if (percent >= 100) this.remove();
  }

  remove() {
    this.element.remove();
    if (!LEAKS) bars.splice(bars.indexOf(this), 1);
  }
}

let uploads = 0;
let paused = [];

function upload(container) {
  const bar = new ProgressBar(container, `holiday-${++uploads}.jpg`);
  for (let percent = 20; percent <= 100; percent += 20) bar.go(percent);
}

window.work = function work() {
  const container = document.getElementById("main");
  for (const bar of paused) bar.go(100);
  for (let i = 0; i < 300; i++) upload(container);
  paused = Array.from({ length: 10 }, (_, i) => new ProgressBar(container, `paused-${i}.jpg`));
};
