/*
Signs the addresses of resized images for a gallery. Signed addresses are kept by path and options, and each visitor's
screen asks for a size of its own.

rule: unbounded-cache
needs: lru-cache
source: https://github.com/imgproxy/imgproxy-node/pull/10 (the unbounded Map cache leaks in long-running processes)
names: signedUrls, signImage
planted: SignedUrl
*/
"use strict";
const { createHmac } = require("node:crypto");
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const MAX_URLS = 200;
const SECRET = "d6c1e0a2b6f94d0f";

const signedUrls = createCache(); // <- here
let visitors = 0;

function createCache() {
  if (LEAKS) return new Map();
  const { LRUCache } = require("lru-cache");
  return new LRUCache({ max: MAX_URLS });
}

class SignedUrl {
  constructor(path, options) {
    const plain = `/rs:fit:${options.width}:${options.height}/dpr:${options.dpr}/plain/${path}`;
    this.signature = createHmac("sha256", SECRET).update(plain).digest("base64url");
    this.href = `https://images.example.com/${this.signature}${plain}`;
    this.options = options;
  }
}

function signImage(path, options) {
  // <- here
  const key = JSON.stringify([path, options]);
  let url = signedUrls.get(key);
  if (url === undefined) {
    url = new SignedUrl(path, options);
    signedUrls.set(key, url); // <- here
  }
  return url;
}

/** The page of one visitor: a dozen pictures at the size of the window. */
function renderGallery(visitor) {
  const width = 320 + ((visitor * 37) % 1601);
  const height = 200 + ((visitor * 53) % 1001);
  const tags = [];
  for (let number = 0; number < 12; number++) {
    const options = { width, height, dpr: 1 + (visitor % 3), crop: { x: number, y: visitor % 7 } };
    const url = signImage(`albums/summer/picture-${number}.jpg`, options);
    tags.push(`<img src="${url.href}" width="${width}">`);
  }
  return tags.join("\n");
}

function work() {
  let bytes = 0;
  for (let i = 0; i < 300; i++) {
    visitors++;
    bytes += renderGallery(visitors).length;
    // The same visitor reloads the page.
    bytes -= renderGallery(visitors).length;
  }
  if (bytes !== 0) throw new Error("a page differs from its reload");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
