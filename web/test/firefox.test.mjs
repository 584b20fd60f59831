// The same page in another browser, where it is installed: answers, numbers of one's own, an exam, a second visit.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { firefox } from "./firefox.mjs";
import { FIREFOX, OUT } from "./places.mjs";
import { served } from "./serve.mjs";

const TEXT = (selector) => `return document.querySelector(${JSON.stringify(selector)})?.textContent.replace(/\\s+/g, " ").trim() ?? ""`;
const CLICK = "[...document.querySelectorAll('button, summary')].find((one) => one.textContent.includes(arguments[0])).click()";
const TYPED = "const field = document.querySelector(arguments[0]); field.value = arguments[1]; field.dispatchEvent(new Event('input')); field.dispatchEvent(new Event('change'))";

test("Firefox answers, judges a number, makes an exam, and goes on from a snapshot without a network", { skip: !existsSync(FIREFOX) && "there is no Firefox" }, async () => {
  const server = await served(OUT);
  const browser = await firefox(FIREFOX);
  const answered = () => browser.until("return document.querySelector('#answer strong') !== null && document.querySelector('#layers input') !== null");
  try {
    await browser.open(server.address);
    await browser.until("return document.querySelector('#examples button') !== null");
    await browser.run(CLICK, "Why 18,207");
    await answered();
    assert.match(await browser.run(TEXT("#answer")), /18,207.*you gave each filter a single kernel/);
    await browser.run(TYPED, "#layers tr[data-layer=conv2d_1] input", "630");
    await browser.until("return document.querySelector('#layers input.wrong') !== null");
    assert.match(await browser.run(TEXT(".said")), /single kernel/);
    await browser.run("document.querySelector('#exam').open = true");
    await browser.run(CLICK, "Preview");
    await browser.until("return document.querySelector('#exam-paper').contentDocument?.querySelector('.question') != null");
    await browser.until("return document.querySelector('#offline').textContent.includes('works without a network')");
    const isKept = "return (async () => { for (const name of await caches.keys()) if (name.includes('snapshot') && (await (await caches.open(name)).keys()).length) return true; return false; })()";
    await browser.until(isKept);
    const link = await browser.run("return location.href");
    await browser.open("about:blank");
    await server.close(); // and without a network
    await browser.open(link);
    await answered();
    assert.equal(await browser.until("return document.documentElement.dataset.python"), "restored");
    assert.equal(await browser.run("return document.querySelector('#unable').hidden"), true);
    await browser.until("return document.querySelector('#layers input.wrong') !== null"); // the link has the number
  } finally {
    await browser.ended();
    await server.close().catch(() => {});
  }
});
