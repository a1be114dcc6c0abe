// Runs inside the extension host of a real VS Code: mocha over the suite files, and the result as a file, since an
// extension host that is killed still reports success.
const { readdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const Mocha = require("mocha");

exports.run = async function run() {
  const mocha = new Mocha({ ui: "bdd", timeout: 60000, color: false });
  for (const name of readdirSync(__dirname).sort())
    if (name.endsWith(".suite.cjs")) mocha.addFile(join(__dirname, name));
  const result = { collected: 0, passed: [], failed: [] };
  await new Promise((resolve) => {
    const runner = mocha.run(resolve);
    result.collected = runner.total;
    runner.on("pass", (test) => result.passed.push(test.fullTitle()));
    runner.on("fail", (test, error) =>
      result.failed.push({ title: test.fullTitle(), message: error.stack ?? String(error) }),
    );
  });
  writeFileSync(process.env.OUROBOROS_RESULT, JSON.stringify(result));
  if (result.failed.length > 0) throw new Error(`${result.failed.length} tests failed`);
};
