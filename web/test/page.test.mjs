// The page in a browser: what people paste, type, click and share; without a network, by keyboard, on a phone.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { after, before, test } from "node:test";
import { OUT } from "./places.mjs";
import { visited } from "./visit.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FIRST = 10_000_000; // bytes until the first answer
const NEW = [ // in no example; its second convolution is asked about
  "model = Sequential()",
  "model.add(Conv2D(7, (3, 2), input_shape=(31, 17, 5)))",
  "model.add(Conv2D(11, (3, 2), activation='relu'))",
  "model.add(Flatten())",
  "model.add(Dense(4))",
  "",
  "Why does the second Conv2D have 473 parameters? I get (3*2+1)*11 = 77.",
].join("\n");
const LONG = "input(32,32,3) -> [conv(8,3,same) -> bn -> relu -> dense(7) -> conv(9,3,same)] * 9000"; // takes a while

let visit, server, context, page;

before(async () => {
  visit = await visited();
  ({ server, context, page } = visit);
});

after(() => visit?.ended());

const pasted = (text, one) => visit.pasted(text, one);
const shown = (place, one) => visit.shown(place, one);
const said = (one) => shown("#answer", one);

async function opened(text) {
  await page.goto(server.address);
  await pasted(text);
}

test("the first answer takes few bytes", async () => {
  await page.getByRole("button", { name: "Why 18,207 and not 630?" }).click();
  await page.locator("#answer strong").waitFor();
  assert.match(await said(), /18,207=\(3·3·32\+1\)·63; with \(3·3\+1\)·63=630, you gave each filter a single kernel/);
  const ours = visit.asked.filter((address) => address.startsWith(server.address));
  const names = ours.map((address) => address.slice(server.address.length) || "index.html");
  const first = new Set(names.filter((name, i) => i < names.findIndex((one) => /^(more|sympy)\.pack|sw\.js/.test(one)) || names.length < 5));
  assert.ok(first.has("core.pack") && !first.has("sympy.pack"), [...first].join());
  const bytes = [...first].reduce((sum, name) => sum + statSync(join(OUT, name)).size, 0);
  console.log(`bytes to the first answer: ${bytes.toLocaleString("en")}`);
  assert.ok(bytes <= FIRST, `${bytes}`);
});

test("what people pasted: the right layer and the right mistake", async () => {
  for (const [name, answer, kind] of [
    ["51,264 or 1,664?", /51,264=\(5·5·32\+1\)·64; with \(5·5\+1\)·64=1,664, you gave each filter a single kernel/, "a question"],
    ["Horses or humans", /4,640=\(3·3·16\+1\)·32;.*multiplied by the filters of every earlier convolution/, "a question"],
    ["A lesson's dense layers", /18,496=\(3·3·32\+1\)·64/, "a question"],
    ["Micrographs, 64 by 64", /203,329 parameters/, "a network in the language"],
    ["A PyTorch module", /52,202 parameters/, "PyTorch code"],
    ["ResNet-50 by its name", /25,557,032 parameters/, "PyTorch code"],
  ]) {
    await page.getByRole("button", { name }).click();
    await page.waitForFunction((found) => new RegExp(found).test(document.querySelector("#read").textContent), kind);
    await page.waitForFunction(() => !document.querySelector("#reply.old"));
    await assert.doesNotReject(async () => {
      for (let i = 0; i < 100 && !answer.test(await said()); i++) await page.waitForTimeout(100);
      assert.match(await said(), answer);
    });
  }
});

test("a network that no example has", async () => {
  await pasted(NEW);
  assert.match(await said(), /473=\(3·2·7\+1\)·11; with \(3·2\+1\)·11=77, you gave each filter a single kernel/);
  assert.match(await page.locator("#read").innerText(), /Read as a question/);
  await page.getByRole("button", { name: "conv2d_1", exact: true }).click();
  await page.locator(".steps .chain").first().waitFor();
  assert.match(await shown(".steps"), /parameters=\(3·2·7\+1\)·11/);
  assert.equal(await page.getByRole("button", { name: "conv2d_1", exact: true }).getAttribute("aria-expanded"), "true");
});

test("a number of one's own is judged, for a layer, its shape and the total", async () => {
  await pasted("input(28,28,1) -> conv(32, 3, relu) -> conv(63, 3) -> flatten -> dense(10)");
  const field = page.getByLabel("Your number for conv_2");
  await field.fill("630");
  await page.locator(".said strong").waitFor();
  assert.match(await shown(".said"), /with \(3·3\+1\)·63=630, you gave each filter a single kernel/);
  assert.equal(await field.getAttribute("class"), "wrong");
  await field.fill("18,207");
  await page.locator("input.right").waitFor();
  await field.fill("26x26x63");
  await page.locator("input.wrong").waitFor();
  assert.match(await shown(".said"), /24×24×63/);
  await field.fill("what");
  await page.getByText("`what`").first().waitFor();
  await field.fill("");
  await page.locator(".said").waitFor({ state: "detached" });
  await page.getByLabel("Your number for the total").fill("18207");
  await page.locator(".said").waitFor();
});

test("a slider changes formula and numbers", async () => {
  await pasted("input(H, W, 3) -> conv(F, k, relu) -> conv(2*F, 3) -> flatten -> dense(10)");
  assert.match(await shown("#layers tfoot"), /F/);
  for (const [name, value] of [["H", "16"], ["W", "16"], ["k", "3"]]) await page.getByLabel(name, { exact: true }).fill(value);
  await page.getByLabel("F, as a slider").fill("8");
  await page.getByText("With letters:").waitFor();
  await page.waitForFunction(() => document.querySelector("#layers tfoot td.number").textContent === "24,442");
  assert.equal(await page.getByLabel("F", { exact: true }).inputValue(), "8");
  await page.getByLabel("F, as a slider").press("ArrowRight");
  await page.waitForFunction(() => document.querySelector("#layers tfoot td.number").textContent === "27,658");
  await page.getByLabel("F", { exact: true }).fill("1 +");
  await page.locator("#error", { hasText: /^F: / }).waitFor();
  await page.getByLabel("F", { exact: true }).fill("");
  await page.waitForFunction(() => document.querySelector("#layers tfoot td.number math"));
});

test("an error is underlined where it is, with what was meant", async () => {
  await page.locator("#box .cm-content").fill("input(28,28,1) -> cnov(32, 3)");
  await page.getByText("unknown layer `cnov`").first().waitFor();
  assert.equal(await page.locator(".cm-lintRange-error").innerText(), "cnov");
  await page.locator("#error button", { hasText: "Write conv" }).click();
  await page.locator("#answer strong").waitFor();
  await page.waitForFunction(() => !document.querySelector("#error").textContent);
  assert.equal(await page.locator("#box .cm-content").innerText(), "input(28,28,1) -> conv(32, 3)");
});

test("convention, style, figure, copies", async () => {
  await pasted("input(3,32,32) -> conv(8,3) -> bn");
  await page.getByLabel("Convention").selectOption("torch");
  await page.waitForFunction(() => document.querySelector(".cm-content").innerText.startsWith("convention torch"));
  await page.waitForFunction(() => document.querySelector("#layers tr[data-layer=conv_1] td").textContent.startsWith("8"));
  await page.getByRole("button", { name: "conv_1" }).click();
  await page.getByLabel("Style of the steps").selectOption("lesson");
  await page.locator(".steps").waitFor();
  await page.getByText("More quantities").click();
  await page.getByRole("checkbox", { name: "MACs", exact: true }).check();
  await page.locator("#layers th", { hasText: "MACs" }).waitFor();
  assert.match(await shown("#layers"), /194,400/); // 30·30·8·27 products
  await page.locator("#figure summary").click();
  await page.locator("#figure svg text").first().waitFor();
  await page.locator("#own summary").click();
  assert.match(await page.locator("#own").innerText(), /symparams solve net.arch --style lesson --layer conv_1/);
});

test("layers, what they take and statements are completed", async () => {
  for (const [typed, offered, written] of [
    ["input(3) -> dens", "dense", "input(3) -> dense"],
    ["input(9,9,3) -> conv(8, 3, pad", "padding=", "input(9,9,3) -> conv(8, 3, padding="],
    ["input(9,9,3) -> conv(8, 3, padding=sam", "same", "input(9,9,3) -> conv(8, 3, padding=same"],
    ["input(9,9,3) -> conv(8, (3, 3), sigmo", "sigmoid", "input(9,9,3) -> conv(8, (3, 3), sigmoid"],
    ["conve", "convention", "convention"],
  ]) {
    await page.locator("#box .cm-content").fill("");
    await page.locator("#box .cm-content").pressSequentially(typed);
    await page.locator(".cm-tooltip-autocomplete [aria-selected]", { hasText: offered }).waitFor();
    await page.waitForTimeout(100);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#box .cm-content").innerText(), written);
  }
});

test("a layer under the pointer is explained, in code too", async () => {
  for (const [text, name, said] of [["input(9,9,3) -> conv(8, 3)", "conv", "groups=1"], ["model = Sequential([Conv2D(8, 3, input_shape=(9, 9, 3))])", "Conv2D", "groups=1"]]) {
    await pasted(text);
    await page.locator(".cm-content span", { hasText: name }).first().hover();
    await page.locator(".hover code", { hasText: said }).waitFor();
    await page.mouse.move(0, 0);
    await page.locator(".hover").waitFor({ state: "detached" });
  }
});

// Where a word stands on the screen, the first time in the box.
const placed = (word) => page.evaluate((wanted) => {
  const walker = document.createTreeWalker(document.querySelector("#box .cm-content"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(wanted);
    if (at < 0) continue;
    const range = new Range();
    range.setStart(node, at);
    range.setEnd(node, at + wanted.length);
    const { x, y, width, height } = range.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  }
}, word);

test("a layer under the pointer has its shape and how its parameters come out, as in editors", async () => {
  await pasted("def block(f) = conv(f, 3)  # \u{1D538}\ninput(9,9,3) -> block(8) -> block(4)\n-> flatten -> dense(10)");
  for (const [word, ...said] of [
    ["dense", "dense_1 10", "parameters: (n_in + 1)·n_out = (100 + 1)·10 = 1,010", "dense(units, bias=yes, activation=linear)"],
    ["conv", "conv_1 7 × 7 × 8", "= (3·3·3 + 1)·8 = 224", "conv_2 5 × 5 × 4", "= (3·3·8 + 1)·4 = 292"],
    ["block", "def block(f) = conv(f, 3)  # \u{1D538}"],
  ]) {
    await page.locator("#stop").waitFor({ state: "hidden" });
    const [x, y] = await placed(word);
    await page.mouse.move(x - 4, y);
    await page.mouse.move(x, y);
    const shown = await page.locator(".hover").textContent();
    for (const part of said) assert.ok(shown.includes(part), `${word}: ${shown}`);
    await page.mouse.move(0, 0);
    await page.locator(".hover").waitFor({ state: "detached" });
  }
});

test("long work can be stopped, and the page goes on", async () => {
  await stopped();
});

test("newer input ends what is worked out for older", async () => {
  const alone = await visit.browser.newContext({ serviceWorkers: "block" }); // so Python is started anew, not interrupted
  const one = await visit.fresh(alone);
  await one.addInitScript(() => {
    window.ended = 0;
    const { terminate } = Worker.prototype;
    Worker.prototype.terminate = function () {
      window.ended++;
      terminate.call(this);
    };
  });
  await one.goto(server.address);
  await pasted("input(3) -> dense(4)", one);
  assert.equal(await one.evaluate(() => window.ended), 0);
  await one.locator("#box .cm-content").fill(LONG);
  await one.waitForFunction(() => !document.querySelector("#stop").hidden);
  await one.locator("#box .cm-content").fill("input(3) -> dense(5)");
  await one.locator("#answer", { hasText: "20 parameters" }).waitFor();
  assert.equal(await one.evaluate(() => window.ended), 1);
  await alone.close();
});

test("what is being done, and for how long, is seen", async () => {
  await page.locator("#box .cm-content").fill(LONG);
  await page.locator("#progress", { hasText: /^The (text is being read|layers are being worked out) … \d+ s$/ }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped.").first().waitFor();
  const slow = await visit.browser.newContext({ serviceWorkers: "block" });
  const one = await visit.fresh(slow);
  const line = await slow.newCDPSession(one);
  await line.send("Network.enable");
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 20, downloadThroughput: 2_000_000, uploadThroughput: 2_000_000 });
  await one.goto(server.address);
  await one.waitForFunction(() => !document.querySelector("#bar").hidden && document.querySelector("#bar").value > 0.3);
  assert.match(await one.locator("#progress").innerText(), /^Python is being loaded/);
  await one.waitForFunction(() => document.querySelector("#bar").hidden);
  await slow.close();
});

async function stopped() {
  await page.locator("#box .cm-content").fill(LONG);
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped.").first().waitFor();
  await pasted("input(3) -> dense(4)");
  assert.match(await said(), /16 parameters/);
}

test("a network of thousands of layers shows the first, and the others when they are asked for", async () => {
  await pasted("input(8,8,3) -> [conv(3,3,same) -> relu] * 1000 -> flatten -> dense(10)");
  await page.getByRole("button", { name: "Show the other 1,703 layers" }).waitFor();
  await page.getByRole("button", { name: "conv_9", exact: true }).click();
  await page.locator(".steps").waitFor();
});

test("hostile texts end with a sentence", async () => {
  for (const [text, sentence] of [["input(3) -> [relu] * 10^9", "which is the limit"], [`input(3) -> ${"[".repeat(50_000)}`, "deep"]]) {
    await page.locator("#box .cm-content").fill("");
    await page.locator("#box .cm-content").evaluate((box, given) => {
      const data = new DataTransfer();
      data.setData("text/plain", given);
      box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    }, text);
    await page.waitForFunction((found) => document.querySelector("#error").textContent.includes(found), sentence);
  }
});

test("the address has the state, and a link brings it back", async () => {
  await opened("input(H, 28, 1) -> conv(32, 3) -> conv(63, 3) -> flatten -> dense(10)");
  await page.getByLabel("H", { exact: true }).fill("28");
  await page.getByLabel("Your number for conv_2").fill("630");
  await page.locator(".said strong").waitFor();
  await page.getByRole("button", { name: "conv_1" }).click();
  await page.locator(".steps").waitFor();
  const link = page.url();
  assert.ok(link.length < 400, link);
  const other = await visit.fresh(context);
  await other.goto(link);
  await other.locator(".said strong").waitFor();
  await other.locator(".steps").waitFor();
  assert.equal(await other.getByLabel("H", { exact: true }).inputValue(), "28");
  for (const [hash, sentence] of [
    [link.slice(link.indexOf("#"), -9), "The link is damaged"], ["#0.abcd", "this one does not know"], ["#something", "not one of this page"],
    [`#2.${btoa("no deflate")}`, "The link is damaged"], ["#99.abcd", "this one does not know"],
  ]) {
    const broken = await visit.fresh(context);
    await broken.goto(server.address + hash);
    await broken.getByText(sentence).waitFor();
    if (hash === "#something") await pasted("input(3) -> dense(4)", broken); // it is usable all the same
    await broken.close();
  }
  assert.deepEqual(other.faults, []);
  await other.close();
});

test("a link of the first edition of the page is read", async () => {
  const state = { text: "input(3,32,32) -> conv(8,3)", style: "lesson", macs: true, set: {}, yours: {} };
  const other = await visit.fresh(context);
  await other.goto(`${server.address}#1.${deflateRawSync(JSON.stringify(state)).toString("base64url")}`);
  await other.locator("#layers th", { hasText: "MACs" }).waitFor();
  assert.equal(await other.getByLabel("Style of the steps").inputValue(), "lesson");
  assert.match(other.url(), /#[12]\./);
  await other.close();
});

test("axe finds nothing serious, in light and in dark", async () => {
  await opened("input(H, 28, 1) -> conv(32, 3) -> conv(63, 3) -> flatten -> dense(10)");
  await page.getByRole("button", { name: "conv_1" }).click();
  await page.getByLabel("Your number for conv_2").fill("630");
  await page.locator(".said strong").waitFor();
  for (const name of ["figure", "take", "exam", "own", "compare"]) await page.locator(`#${name} > summary`).click();
  for (const name of ["more", "exam details"]) await page.locator(`#${name} > summary`).click();
  await page.locator("#figure svg").waitFor();
  await page.locator("#exam-look").click();
  await page.locator("#exam-shown").waitFor();
  await page.locator("#other .cm-content").fill("input(H, 28, 1) -> conv(F, 5) -> flatten -> dense(10)");
  await page.locator("#verdict strong").waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const found = violations.map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
    assert.deepEqual(found, []);
  }
  await page.emulateMedia({ colorScheme: "light" });
});

test("a phone shows it without sideways scrolling", async () => {
  const phone = await visit.browser.newContext({ viewport: { width: 360, height: 740 }, serviceWorkers: "block" });
  const small = await visit.fresh(phone);
  await small.goto(server.address);
  await small.getByRole("button", { name: "VGG-16 with letters" }).click();
  await small.locator("#answer strong").waitFor();
  await small.getByRole("button", { name: "conv_2", exact: true }).click();
  await small.locator(".steps .chain").first().waitFor();
  await small.getByLabel("Your number for conv_1", { exact: true }).fill("12");
  await small.locator(".said").waitFor();
  await small.getByRole("button", { name: "Compare with another network" }).click();
  await small.locator("#other .cm-content").fill("input(H, W, C) -> conv(F, 5, relu) -> maxpool(2) -> flatten -> dense(10)");
  await small.locator("#verdict strong").waitFor();
  for (const name of ["take", "exam"]) await small.locator(`#${name} > summary`).click();
  assert.equal(await small.evaluate(() => document.documentElement.scrollWidth), 360);
  if (process.env.SHOTS) await small.screenshot({ path: join(process.env.SHOTS, "phone.png"), fullPage: true });
  assert.deepEqual(small.faults, []);
  await phone.close();
});

test("it works by keyboard alone", async () => {
  await page.goto(server.address);
  await page.getByText("Paste something").first().waitFor();
  await page.locator("body").press("Tab");
  await page.keyboard.type("input(3) -> dense(4)");
  await page.keyboard.press("Escape");
  await page.locator("#answer strong").waitFor();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.textContent === "dense_1")) break;
  }
  await page.keyboard.press("Enter");
  await page.locator(".steps").waitFor();
  await page.keyboard.press("Tab");
  if (await page.evaluate(() => document.activeElement.localName !== "input")) await page.keyboard.press("Tab");
  await page.keyboard.type("15");
  await page.locator(".said").waitFor();
});

test("a browser without WebAssembly says so", async () => {
  const old = await visit.browser.newContext();
  const one = await visit.fresh(old);
  await one.addInitScript(() => delete window.WebAssembly);
  await one.goto(server.address);
  await one.getByText("This browser lacks WebAssembly").waitFor();
  await old.close();
});

test("nothing was asked of another host, and nothing failed", () => {
  assert.ok(visit.asked.length > 20);
  const own = [new URL(server.address).origin, "data:", `blob:${new URL(server.address).origin}`];
  assert.deepEqual(visit.asked.filter((address) => !own.some((one) => address.startsWith(one))), []);
  assert.deepEqual(page.faults, []);
});

test("it works without a network after the first visit", async () => {
  await page.goto(server.address);
  await pasted("input(3) -> dense(4)");
  await page.getByText("works without a network").waitFor();
  await server.close();
  await page.reload();
  await pasted(NEW);
  assert.match(await said(), /473=/);
  await pasted("input(H, W, C) -> conv(F, k) -> conv(2*F, k) -> flatten -> dense(n)");
  assert.ok(await page.evaluate(() => crossOriginIsolated)); // so Python is interrupted, not started anew
  const since = Date.now();
  await stopped();
  console.log(`stopped and answered anew within ${Date.now() - since} ms`);
});
