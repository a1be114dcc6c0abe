/*
Inputs for tags in the rows of a form. Each listens to clicks anywhere on the page, to close its suggestions, and goes on
listening when its row has been removed.

rule: detached-dom
source: https://github.com/voerro/vue-tagsinput/issues/139 (the listener on document is not removed when unmounted)
names: TagInput, closeSuggestions
planted: TagInput
*/
"use strict";
const LEAKS = location.search === "?leak";

class TagInput {
  // <- here
  constructor(form, number) {
    // <- here
    this.element = document.createElement("div"); // <- here
    this.input = document.createElement("input");
    this.input.placeholder = `Tags of row ${number}`;
    this.suggestions = document.createElement("ul");
    for (const tag of ["red", "green", "blue"]) {
      const item = document.createElement("li");
      item.textContent = tag;
      this.suggestions.append(item);
    }
    this.element.append(this.input, this.suggestions);
    form.append(this.element);
    this.closeSuggestions = (event) => {
      // <- here
      if (!this.element.contains(event.target)) this.suggestions.hidden = true;
    };
    document.addEventListener("click", this.closeSuggestions); // <- here
  }

  destroy() {
    this.element.remove();
    if (!LEAKS) document.removeEventListener("click", this.closeSuggestions);
  }
}

let rows = 0;
const mounted = [];

window.work = function work() {
  const form = document.getElementById("main");
  for (let i = 0; i < 200; i++) {
    mounted.push(new TagInput(form, ++rows));
    if (mounted.length > 8) mounted.shift().destroy();
  }
  document.body.click();
  if (!mounted[0].suggestions.hidden) throw new Error("a list of suggestions is still open");
};
