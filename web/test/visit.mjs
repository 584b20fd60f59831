// A browser with the page in it, for the tests.
import { chromium } from "playwright-core";
import { CHROMIUM, OUT } from "./places.mjs";
import { served } from "./serve.mjs";

// { server, browser, context, page, asked, fresh(context), pasted(text), shown(place), ended() }; `asked` are the
// addresses of all requests.
export async function visited() {
  const server = await served(OUT);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ["clipboard-read", "clipboard-write"] });
  const asked = [];

  async function fresh(where) {
    const one = await where.newPage();
    one.setDefaultTimeout(40_000);
    one.faults = [];
    one.on("pageerror", (error) => one.faults.push(String(error)));
    one.on("console", (said) => said.type() === "error" && one.faults.push(said.text()));
    where.on("request", (request) => asked.push(request.url()));
    return one;
  }

  const page = await fresh(context);
  await page.goto(server.address);

  // Put a text into the box and wait for the answer to it.
  async function pasted(text, one = page) {
    await one.locator("#box .cm-content").fill("");
    await one.getByText("Paste something, or take an example.").first().waitFor();
    await one.locator("#box .cm-content").fill(text);
    await one.locator("#answer strong").waitFor();
  }

  const shown = (place, one = page) => one.locator(place).textContent().then((text) => text.replace(/\s+/g, " ").replace(/ ?([·×+=]) ?/g, "$1"));
  const ended = async () => {
    await browser.close();
    await server.close().catch(() => {});
  };
  return { server, browser, context, page, asked, fresh, pasted, shown, ended };
}
