// Parse all mathematics of the Markdown and HTML named on the command line with KaTeX in strict mode.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const katex = createRequire(process.cwd() + "/")("katex");
let count = 0;
const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };
for (const file of process.argv.slice(2)) {
  if (!file.endsWith(".md")) {
    html(file);
    continue;
  }
  const text = readFileSync(file, "utf8").replace(/`[^`\n]*`/g, "");
  for (const [, display, inline] of text.matchAll(/\$\$([\s\S]*?)\$\$|(?<!\\)\$((?:\\.|[^$\\])+)\$/g)) {
    parse(file, display ?? inline, display !== undefined);
  }
  const rest = text.replace(/\$\$([\s\S]*?)\$\$|(?<!\\)\$((?:\\.|[^$\\])+)\$/g, "");
  if (/(?<!\\)\$/.test(rest)) {
    console.error(`${file}: a $ without its partner`);
    process.exit(1);
  }
}
// In HTML mathematics stands in \( \) and \[ \], with & written as an entity.
function html(file) {
  for (const [, display, inline] of readFileSync(file, "utf8").matchAll(/\\\[([\s\S]*?)\\\]|\\\(([\s\S]*?)\\\)/g)) {
    const source = (display ?? inline).replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole);
    parse(file, source, display !== undefined);
  }
}
function parse(file, source, displayMode) {
  try {
    katex.renderToString(source, { displayMode, strict: "error", throwOnError: true });
    count += 1;
  } catch (error) {
    console.error(`${file}: ${error.message}\n${source}`);
    process.exit(1);
  }
}
if (count === 0) {
  console.error("no mathematics found");
  process.exit(1);
}
console.log(`KaTeX: ${count} formulas parsed in strict mode`);
