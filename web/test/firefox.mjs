// Firefox without a window, driven over Marionette, its own protocol: messages of JSON with their length in front.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFERENCES = { "marionette.port": 0, "browser.shell.checkDefaultBrowser": false, "datareporting.policy.dataSubmissionEnabled": false, "app.update.enabled": false };

// { open(address), run(script, ...given), until(script, ...given), ended() }; scripts are bodies of functions.
export async function firefox(program) {
  const profile = mkdtempSync(join(tmpdir(), "firefox-"));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(join(profile, "user.js"), lines.join("\n"));
  const browser = spawn(program, ["--marionette", "--headless", "--no-remote", "--profile", profile], { stdio: "ignore" });
  const gone = new Promise((done) => browser.once("exit", done));
  const ended = async () => {
    browser.kill();
    await gone;
    rmSync(profile, { recursive: true, force: true });
  };
  try {
    const send = await connected(await port(profile));
    await send("WebDriver:NewSession", {});
    await send("WebDriver:SetTimeouts", { script: 150_000, pageLoad: 60_000 });
    const run = (script, ...args) => send("WebDriver:ExecuteScript", { script, args }).then(({ value }) => value);
    const until = async (script, ...args) => {
      for (let i = 0; i < 600; i++) {
        const found = await run(script, ...args);
        if (found) return found;
        await pause(200);
      }
      throw new Error(`not within two minutes: ${script}`);
    };
    return { open: (url) => send("WebDriver:Navigate", { url }), run, until, ended };
  } catch (error) {
    await ended();
    throw error;
  }
}

const pause = (time) => new Promise((done) => setTimeout(done, time));

// The port that Firefox chose, which it writes into its profile.
async function port(profile) {
  for (let i = 0; i < 300; i++) {
    try {
      const [, found] = /"marionette\.port", (\d+)/.exec(readFileSync(join(profile, "prefs.js"), "utf8")) ?? [];
      if (Number(found)) return Number(found);
    } catch {
      // not written yet
    }
    await pause(200);
  }
  throw new Error("Firefox does not say on which port it listens");
}

async function connected(where) {
  const socket = connect(where, "127.0.0.1");
  await new Promise((done, failed) => socket.once("connect", done).once("error", failed));
  const waiting = new Map();
  let [count, rest] = [0, Buffer.alloc(0)];
  socket.on("data", (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const colon = rest.indexOf(":");
      const length = Number(rest.subarray(0, Math.max(0, colon)));
      if (colon < 0 || rest.length < colon + 1 + length) return;
      const message = JSON.parse(rest.subarray(colon + 1, colon + 1 + length));
      rest = rest.subarray(colon + 1 + length);
      if (!Array.isArray(message)) continue; // its greeting
      const [, id, error, result] = message;
      const one = waiting.get(id);
      waiting.delete(id);
      if (error) one?.failed(new Error(error.message));
      else one?.done(result);
    }
  });
  return (name, given) => new Promise((done, failed) => {
    const text = JSON.stringify([0, ++count, name, given]);
    waiting.set(count, { done, failed });
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
}
