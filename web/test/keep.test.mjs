// What the page keeps for later visits: a snapshot of Python, which may be damaged, or for which there is no room.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { OUT } from "./places.mjs";
import { served } from "./serve.mjs";
import { visited } from "./visit.mjs";

const TEXT = "input(28,28,1) -> conv(32, 3) -> conv(63, 3) -> flatten -> dense(10)";
let visit, page;

before(async () => {
  visit = await visited();
  page = visit.page;
});

after(() => visit?.ended());

async function isKept(one = page) {
  for (let i = 0; i < 240; i++) {
    const is = await one.evaluate(async () => {
      for (const name of await caches.keys()) if (name.includes("snapshot") && (await (await caches.open(name)).keys()).length) return true;
      return false;
    });
    if (is) return true;
    await one.waitForTimeout(500);
  }
  return false;
}

const start = (one = page) => one.evaluate(() => document.documentElement.dataset.python);

test("a later visit goes on from a snapshot, and answers the same", async () => {
  await visit.pasted(TEXT);
  assert.equal(await start(), "anew");
  const first = await visit.shown("#reply");
  assert.ok(await isKept());
  await page.reload();
  await page.locator("#answer strong").waitFor();
  assert.equal(await start(), "restored");
  assert.equal(await visit.shown("#reply"), first);
  // all else works there: letters, an exam, which needs packs that no snapshot has; and it can be interrupted
  await visit.pasted("range F in 8..64 step 8 input(H,W,1) -> conv(F, k) -> conv(2*F, k) -> flatten -> dense(n)");
  await page.locator("#exam > summary").click();
  await page.getByLabel("Questions").fill("3");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.frameLocator("#exam-paper").locator(".question").first().waitFor();
  await page.locator("#box .cm-content").fill("input(32,32,3) -> [conv(8,3,same) -> bn -> relu -> dense(7)] * 9000");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped.").first().waitFor();
  await visit.pasted("input(3) -> dense(4)");
});

test("a damaged snapshot is thrown away, and Python starts anew", async () => {
  for (const damage of ["no snapshot", "cut"]) {
    await page.evaluate(async (how) => {
      for (const name of await caches.keys()) {
        if (!name.includes("snapshot")) continue;
        const cache = await caches.open(name);
        const [request] = await cache.keys();
        const bytes = how === "cut" ? await (await cache.match(request)).blob().then((all) => all.slice(0, all.size / 2)) : how;
        const packed = how === "no snapshot" ? new Blob([how]).stream().pipeThrough(new CompressionStream("gzip")) : bytes;
        await cache.put(request, new Response(packed));
      }
    }, damage);
    await page.goto("about:blank");
    await page.goto(visit.server.address);
    await visit.pasted(TEXT);
    assert.equal(await start(), "anew", damage);
    assert.ok(await isKept()); // another one
  }
});

test("where storage is forbidden or full, the page works and says that it is not kept", async () => {
  const worker = readFileSync(join(OUT, "worker.js"), "utf8");
  const keeper = readFileSync(join(OUT, "sw.js"), "utf8");
  const forbidden = 'Object.defineProperty(self, "caches", { get() { throw new DOMException("forbidden", "SecurityError"); } });\n';
  const full = 'Cache.prototype.put = Cache.prototype.addAll = async () => { throw new DOMException("full", "QuotaExceededError"); };\n';
  for (const [name, trouble] of Object.entries({ forbidden, full })) {
    const server = await served(OUT, { "worker.js": trouble + worker, "sw.js": trouble + keeper });
    const context = await visit.browser.newContext();
    const one = await visit.fresh(context);
    await one.goto(server.address);
    await visit.pasted(TEXT, one);
    await one.getByText("Your browser does not keep this page").waitFor();
    assert.match(await visit.shown("#answer", one), /18,207/);
    assert.equal(await start(one), "anew", name);
    await context.close();
    await server.close();
  }
});

test("nothing failed", () => {
  assert.deepEqual(page.faults, []);
});
