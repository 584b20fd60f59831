// Parse all mathematics of the Markdown files named on the command line with KaTeX in strict mode.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const katex = createRequire(process.cwd() + "/")("katex");
let count = 0;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8").replace(/`[^`\n]*`/g, "");
  for (const [, display, inline] of text.matchAll(/\$\$([\s\S]*?)\$\$|(?<!\\)\$((?:\\.|[^$\\])+)\$/g)) {
    const source = display ?? inline;
    try {
      katex.renderToString(source, { displayMode: display !== undefined, strict: "error", throwOnError: true });
      count += 1;
    } catch (error) {
      console.error(`${file}: ${error.message}\n${source}`);
      process.exit(1);
    }
  }
  const rest = text.replace(/\$\$([\s\S]*?)\$\$|(?<!\\)\$((?:\\.|[^$\\])+)\$/g, "");
  if (/(?<!\\)\$/.test(rest)) {
    console.error(`${file}: a $ without its partner`);
    process.exit(1);
  }
}
if (count === 0) {
  console.error("no mathematics found");
  process.exit(1);
}
console.log(`KaTeX: ${count} formulas parsed in strict mode`);
