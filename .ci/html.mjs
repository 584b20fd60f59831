// Pages of HTML: valid by the Nu Html Checker, accessible by axe-core, no wider than a phone, whole on A4.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
const require = createRequire(process.cwd() + "/");
const files = process.argv.slice(2);
// What the checker says of properties of CSS that browsers have and it does not know yet.
const known = new Set([
  "CSS: “math-style”: Property “math-style” doesn't exist.",
]);
const faults = [];
const jar = require.resolve("vnu-jar/build/dist/vnu.jar");
const said = execFileSync(
  "java",
  ["-Xss4m", "-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", ...files],
  { maxBuffer: 1 << 28 },
);
for (const { url, lastLine, message } of JSON.parse(said).messages) {
  if (!known.has(message)) faults.push(`${basename(url)}:${lastLine}: ${message}`);
}
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const browser = await require("puppeteer-core").launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  headless: true,
});
const page = await browser.newPage();
const views = [
  { name: "360 px", width: 360, height: 740, media: "screen" },
  { name: "A4", width: 794, height: 1123, media: "print" },
];
for (const file of files) {
  for (const { name, width, height, media } of views) {
    await page.setViewport({ width, height });
    await page.emulateMediaType(media);
    await page.goto(pathToFileURL(resolve(file)).href);
    await page.evaluate(axe);
    const { violations } = await page.evaluate("axe.run({ resultTypes: ['violations'] })");
    for (const { id, nodes } of violations) {
      faults.push(`${basename(file)}, ${name}: ${id} ×${nodes.length}: ${nodes[0].html.slice(0, 160)}`);
    }
    const wide = await page.evaluate("document.documentElement.scrollWidth");
    if (wide > width) faults.push(`${basename(file)}, ${name}: ${wide} px wide`);
  }
}
await browser.close();
faults.forEach((fault) => console.error(fault));
console.log(`${files.length} pages are checked, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
