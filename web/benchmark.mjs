// How long a reader waits: node web/benchmark.mjs [ROUNDS]. The first answer of a first visit against Pyodide's own
// start, and that of a later visit, which goes on from a snapshot; medians of rounds in which all take turns.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { CHROMIUM, OUT } from "./test/places.mjs";
import { served } from "./test/serve.mjs";

const PYODIDE = dirname(createRequire(import.meta.url).resolve("pyodide"));
const TEXT = "input(28,28,1) -> conv(32, 3, relu) -> conv(63, 3) -> flatten -> dense(10)";
const BARE = 'import { loadPyodide } from "./pyodide.mjs"; await loadPyodide({ indexURL: new URL("./", self.location.href).href }); postMessage(1);';

const page = await served(OUT);
const bare = await served(PYODIDE, { "bare.js": BARE, "index.html": "<!DOCTYPE html><title>Pyodide alone</title>" });
const place = mkdtempSync(join(tmpdir(), "benchmark-"));
const opened = (name) => chromium.launchPersistentContext(join(place, name), { executablePath: CHROMIUM, args: ["--no-sandbox"] });

async function timed(context, address, work) {
  const tab = await context.newPage();
  tab.setDefaultTimeout(120_000);
  const since = Date.now();
  await tab.goto(address);
  await work(tab);
  const took = Date.now() - since;
  return [took, tab];
}

async function answered(tab) {
  await tab.locator("#box .cm-content").fill(TEXT);
  await tab.locator("#answer strong").waitFor();
}

const started = (tab) => tab.evaluate(() => new Promise((done, failed) => {
  const worker = new Worker("bare.js", { type: "module" });
  Object.assign(worker, { onmessage: done, onerror: (event) => failed(new Error(event.message)) });
}).then(() => null));

async function isKept(tab) {
  return tab.evaluate(async () => {
    for (const name of await caches.keys()) if (name.includes("snapshot") && (await (await caches.open(name)).keys()).length) return true;
    return false;
  });
}

const found = { own: [], first: [], later: [] };
for (let round = 0; round < Number(process.argv[2] ?? 5); round++) {
  const [alone, ours] = [await opened(`bare ${round}`), await opened(`page ${round}`)];
  found.own.push((await timed(alone, bare.address, started))[0]);
  const [first, tab] = await timed(ours, page.address, answered);
  found.first.push(first);
  for (let i = 0; i < 240 && !(await isKept(tab)); i++) await tab.waitForTimeout(500);
  await tab.close();
  const [later, again] = await timed(ours, page.address, answered);
  if ((await again.evaluate(() => document.documentElement.dataset.python)) !== "restored") throw new Error("the snapshot was not used");
  found.later.push(later);
  await Promise.all([alone.close(), ours.close()]);
}
await Promise.all([page.close(), bare.close()]);
rmSync(place, { recursive: true });

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const [own, first, later] = ["own", "first", "later"].map((name) => median(found[name]));
console.log(`Pyodide's own start ${own} ms, first answer ${first} ms (${(first / own).toFixed(2)} times that), on later visits ${later} ms`);
