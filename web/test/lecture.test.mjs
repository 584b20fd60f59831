// What a lecturer does with the page: compares networks, sets an exam, takes solutions and appendices along.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { unzipSync } from "fflate";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { visited } from "./visit.mjs";

let visit, page;

before(async () => {
  visit = await visited();
  page = visit.page;
  await page.addInitScript(() => (window.print = () => (top.printed = document.title)));
  await page.goto(visit.server.address);
});

after(() => visit?.ended());

const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
const until = (found, ...given) => page.waitForFunction(found, ...given);

async function downloaded(button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(button).click()]);
  return [download.suggestedFilename(), readFileSync(await download.path())];
}

test("two networks are compared side by side, with the letters of both", async () => {
  await visit.pasted("input(H, 28, 1) -> conv(16, 3) -> flatten -> dense(10)");
  await page.getByRole("button", { name: "Compare with another network" }).click();
  await page.locator("#other .cm-content").fill("range F in 4..64 step 4 input(H, 28, 1) -> conv(F, 5, relu) -> maxpool(2) -> flatten -> dense(10)");
  await page.locator("#verdict strong").waitFor();
  const [h, f] = ["H", "F"].map((name) => page.locator("#compare").getByLabel(`${name}, as a slider`));
  assert.deepEqual(await f.evaluate((one) => [one.min, one.max, one.step]), ["4", "64", "4"]);
  await h.fill("28");
  await f.fill("8");
  // 16·(3·3 + 1) + 10·(26·26·16 + 1) against 8·(5·5 + 1) + 10·(12·12·8 + 1)
  await page.locator("#verdict strong", { hasText: /108,330.*11,738/ }).waitFor();
  assert.match(await visit.shown("#side-a tfoot"), /108,330/);
  assert.match(await visit.shown("#side-b tfoot"), /11,738/);
  await until(() => document.querySelector("#layers tfoot td.number").textContent === "108,330"); // H moves above, too
  assert.equal(await page.locator("#letters").getByLabel("H", { exact: true }).inputValue(), "28");
  await page.getByLabel("Compared by").selectOption("macs");
  await page.locator("#verdict strong", { hasText: "multiply-accumulates" }).waitFor();
  await page.locator("#side-a th", { hasText: "MACs" }).waitFor();
  const other = await visit.fresh(visit.context);
  await other.goto(page.url());
  await other.locator("#verdict strong", { hasText: "multiply-accumulates" }).waitFor();
  assert.equal(await other.locator("#compare").getByLabel("F", { exact: true }).inputValue(), "8");
  assert.deepEqual(other.faults, []);
  await other.close();
});

test("an error in the second network is shown there", async () => {
  await page.locator("#other .cm-content").fill("input(28, 28, 1) -> cnov(4, 5)");
  await page.locator("#other-error", { hasText: "unknown layer `cnov`" }).waitFor();
  assert.equal(await page.locator("#other .cm-lintRange-error").innerText(), "cnov");
  assert.equal(await page.locator("#error").textContent(), "");
  await page.getByRole("button", { name: "Start from the first" }).click();
  await page.locator("#verdict", { hasText: /equal|same/ }).waitFor();
  assert.equal(await page.locator("#other-error").textContent(), "");
});

test("solutions and appendices are copied, downloaded and printed in each format", async () => {
  await visit.pasted("input(28,28,1) -> conv(32, 3) -> conv(63, 3) -> flatten -> dense(10)");
  await page.locator("#take > summary").click();
  for (const [format, file, mark] of [
    ["markdown", "solution.md", /\$.*63/], ["plain", "solution.md", /63 · \(|·63|· 63/], ["latex", "solution.tex", /\\begin/], ["typst", "solution.typ", /#/],
    ["html", "solution.html", /<!DOCTYPE html>/], ["text", "solution.txt", /18,207/], ["json", "solution.json", /"params": 18207/],
  ]) {
    await page.locator("#format").selectOption(format);
    const [name, data] = await downloaded("#download");
    assert.equal(name, file);
    assert.match(String(data), mark);
    if (format === "plain") assert.doesNotMatch(String(data), /\$|\\/);
    await page.locator("#copy").click();
    await page.getByText("Copied").waitFor();
    assert.equal(await clipboard(), String(data));
    await page.getByText("Copied").waitFor({ state: "detached" });
  }
  assert.match(await page.locator("#also").innerText(), /symparams solve -e '.*' --style steps -o solution\.docx/);
  await page.locator("#print").click();
  await until(() => window.printed);
  await page.locator("#whole").selectOption("appendix");
  for (const [format, file] of [["latex", "appendix.tex"], ["typst", "appendix.typ"], ["html", "appendix.html"], ["markdown", "appendix.md"], ["json", "appendix.json"]]) {
    await page.locator("#format").selectOption(format);
    const [name, data] = await downloaded("#download"); // with the bibliography, or with pictures
    const files = name === "appendix.zip" ? unzipSync(data) : { [name]: data };
    assert.ok(file in files, `${name}: ${Object.keys(files)}`);
    const text = new TextDecoder().decode(files[file]);
    assert.match(text, /18.{0,3}207/);
    if (format === "latex") {
      const pictures = Object.keys(files).filter((one) => one.startsWith("figures/"));
      assert.deepEqual(pictures.toSorted(), [...new Set(text.match(/figures\/[\w-]+\.tex/g))].sort());
      assert.ok(pictures.length > 0 && "symparams.bib" in files);
      for (const one of pictures) assert.match(new TextDecoder().decode(files[one]), /\\begin\{tikzpicture\}[^]*\\end\{tikzpicture\}/);
    }
  }
  assert.match(await page.locator("#also").innerText(), /symparams appendix -e '.*' -o appendix\.pdf/);
});

test("an exam is previewed as students see it, printed, and downloaded in every format", async () => {
  await visit.pasted("range F in 8..64 step 8 input(28,28,1) -> conv(F, 3) -> conv(16, 3) -> flatten -> dense(10)");
  await page.locator("#exam > summary").click();
  await page.getByLabel("Questions").fill("3");
  await page.getByLabel("Seed").fill("5");
  await page.getByLabel("Only about the layers").fill("conv_2");
  await page.locator("#exam details > summary").click();
  for (const box of await page.locator("#kinds input").all()) await box.setChecked((await box.inputValue()) === "params");
  await page.getByRole("button", { name: "Preview" }).click();
  const paper = page.frameLocator("#exam-paper");
  await paper.locator(".question").first().waitFor();
  const text = await paper.locator("main").innerText();
  assert.match(text, /16 filters/);
  assert.doesNotMatch(text, /output shape|MACs/);
  assert.equal(await paper.locator(".solution, .key").count(), 0);
  await page.locator("#exam-print").click();
  await until(() => window.printed);
  await page.locator("#paper").selectOption("key");
  await paper.getByText(/C_in|kernel|filter/).first().waitFor();
  const link = page.url();
  await page.locator("#kinds input[value=shape]").check();
  await page.getByLabel("Questions").fill("2");
  assert.ok(await page.locator("#exam-shown").isHidden()); // it would be of other questions
  for (const format of await page.locator("#export option").evaluateAll((all) => all.map((one) => one.value))) {
    await page.locator("#export").selectOption(format);
    const [name, data] = await downloaded("#exam-take");
    const isArchive = /\.(zip|h5p|apkg)$/.test(name);
    assert.ok(data.length > 300, format);
    if (isArchive) assert.ok(Object.keys(unzipSync(data)).length > 1, format);
    else assert.match(String(data), /conv|filters|Keras/, format);
  }
  await page.locator("#own > summary").click();
  assert.match(await page.locator("#own").innerText(), /symparams exam .*--questions 2 --seed 5 --layers conv_2 --kinds params,shape/);
  await page.goto(link);
  await page.locator("#answer strong").waitFor();
  assert.equal(await page.locator("#questions").inputValue(), "3");
  assert.equal(await page.locator("#kinds input:checked").count(), 1);
  await page.locator("#exam").evaluate((one) => (one.open = true));
  await page.getByLabel("Questions").fill("-3");
  await page.locator("#exam-take").click();
  await page.locator("#exam-said", { hasText: "questions" }).waitFor();
});

test("the link is a QR code that phones read", async () => {
  await visit.pasted("input(28,28,1) -> conv(32, 3) -> conv(63, 3) -> flatten -> dense(10)");
  await page.locator("#take").evaluate((one) => (one.open = true));
  await page.getByRole("button", { name: "Show it as a QR code" }).click();
  const { width, height, data } = PNG.sync.read(await page.locator("#qr svg").screenshot());
  assert.equal(jsQR(new Uint8ClampedArray(data), width, height)?.data, page.url());
  await page.keyboard.press("Escape");
  await page.locator("#qr").waitFor({ state: "hidden" });
  await page.locator("#box .cm-content").fill(`input(3) -> dense(4) # ${Array.from({ length: 6000 }, (_, i) => (i * 7919) % 10007).join("")}`);
  await page.waitForFunction(() => location.hash.length > 6000);
  await page.getByRole("button", { name: "Show it as a QR code" }).click();
  await page.getByText("too long for a QR code").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
});

test("nothing failed", () => {
  assert.deepEqual(page.faults, []);
});
