// Parse the GIFT files named on the command line; print the questions of each as JSON, and fail where one cannot be read.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
const modules = process.env.GIFT_PEGJS_MODULES ?? join(process.cwd(), "node_modules");
const { parse } = createRequire(join(modules, "..", "here.js"))(join(modules, "gift-pegjs"));
const files = process.argv.slice(2);
const read = {};
for (const file of files) {
  try {
    read[file] = parse(readFileSync(file, "utf8"));
  } catch (error) {
    const { line, column } = error.location?.start ?? {};
    console.error(`${file}:${line}:${column}: ${error.message}`);
    process.exit(1);
  }
}
if (files.length === 0) {
  console.error("no files named");
  process.exit(1);
}
console.log(JSON.stringify(read));
