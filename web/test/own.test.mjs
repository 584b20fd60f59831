// What the page shows to be run by oneself does run, and says the same.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { commands, python } from "../src/own.js";
import { PYTHON, ROOT } from "./places.mjs";

const BASE = { style: "steps", layer: "", macs: false, set: {}, yours: {} };
const CODE = "model = Sequential()\nmodel.add(Conv2D(32, 3, input_shape=(28, 28, 1)))\nmodel.add(Conv2D(63, 3))\n";
const CASES = [
  ["arch", false, "net.arch", { text: "input(H, 28, 3) -> conv(32, 3) -> dense(n)", set: { n: "4", H: "2*m" }, layer: "conv_1", yours: { conv_1: "1'000", "": "77" } }],
  ["arch", false, "net.arch", { text: "input(9)\n-> dense(4)\n", macs: true, style: "lesson" }],
  ["question", true, "question.txt", { text: `${CODE}\nWhy does the second layer not have (3*3+1)*63 = 630 parameters?`, yours: { conv2d_1: "630" } }],
  ["keras", false, "model.py", { text: CODE, layer: "conv2d_1" }],
];

for (const [kind, asks, file, given] of CASES) {
  test(`${kind}: ${given.text.slice(0, 40).replaceAll("\n", " ")}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "own-"));
    try {
      const state = { ...BASE, ...given };
      writeFileSync(join(folder, file), state.text);
      const options = { cwd: folder, encoding: "utf8", env: { ...process.env, PYTHONPATH: ROOT } };
      const lines = commands(state, kind, asks);
      const shell = `set -e\nsymparams() { "${PYTHON}" -m symparams "$@"; }\n${lines}\n`;
      const printed = execFileSync("bash", ["-c", shell], options);
      const scripted = execFileSync(PYTHON, ["-c", python(state, kind, asks)], options);
      for (const text of [printed, scripted]) {
        assert.ok(text.length > 200);
        if (asks) assert.match(text, /18,207/);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
