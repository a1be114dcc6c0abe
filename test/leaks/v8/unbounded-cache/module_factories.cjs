/*
Renders an application on the server. Each request gets a module class of its own, and the compiled factory of each class
is kept, so that it need not be compiled again: which never happens.

rule: unbounded-cache
source: https://github.com/angular/universal/pull/557 (modules are generated per request and cached indefinitely)
names: factories, PlatformRenderer
planted: ModuleFactory
*/
"use strict";
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";

class ModuleFactory {
  constructor(moduleType, providers) {
    this.moduleType = moduleType;
    this.providers = providers;
    this.templates = ["header", "list", "footer"].map((part) => `<${part} data-module="${moduleType.id}"></${part}>`);
  }

  create() {
    return { instance: new this.moduleType(), html: this.templates.join("") };
  }
}

class PlatformRenderer {
  // <- here
  static factories = LEAKS ? new Map() : new WeakMap(); // <- here
  static compiled = 0;

  static factoryOf(moduleType) {
    // <- here
    let factory = PlatformRenderer.factories.get(moduleType);
    if (factory === undefined) {
      PlatformRenderer.compiled++;
      const providers = { REQUEST_URL: moduleType.url, LOCALE: "en", FLAGS: ["lazy", "hydrate"] };
      factory = new ModuleFactory(moduleType, providers);
      PlatformRenderer.factories.set(moduleType, factory); // <- here
    }
    return factory;
  }

  static render(moduleType) {
    PlatformRenderer.factoryOf(moduleType);
    return PlatformRenderer.factoryOf(moduleType).create().html;
  }
}

/** The module of one request, with the address and the user among its providers. */
function createModule(id, url) {
  return class ServerModule {
    static id = id;
    static url = url;
    state = { url, user: `user-${id % 50}` };
  };
}

let requests = 0;

function work() {
  let bytes = 0;
  for (let i = 0; i < 600; i++) {
    requests++;
    bytes += PlatformRenderer.render(createModule(requests, `/articles/${requests}?page=${i % 10}`)).length;
  }
  if (PlatformRenderer.compiled !== requests || bytes === 0) throw new Error("a module was compiled twice");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
