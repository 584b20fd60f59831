// What the page shows to be run by oneself does run, and says the same.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { commands, onlyThere, python } from "../src/own.js";
import { PYTHON, ROOT } from "./places.mjs";

const BASE = { style: "steps", layer: "", more: [], set: {}, yours: {}, other: "", by: "", both: {}, exam: {} };
const SUFFIXES = { moodle: ".xml", html: ".html" };
const CODE = "model = Sequential()\nmodel.add(Conv2D(32, 3, input_shape=(28, 28, 1)))\nmodel.add(Conv2D(63, 3))\n";
const CASES = [
  ["arch", false, "net.arch", { text: "input(H, 28, 3) -> conv(32, 3) -> dense(n)", set: { n: "4", H: "2*m" }, layer: "conv_1", yours: { conv_1: "1'000", "": "77" } }],
  ["arch", false, "net.arch", { text: "input(9)\n-> dense(4)\n", more: ["macs", "field"], style: "lesson", other: "input(9) -> dense(n)", by: "macs", both: { n: "7" } }],
  ["question", true, "question.txt", { text: `${CODE}\nWhy does the second layer not have (3*3+1)*63 = 630 parameters?`, yours: { conv2d_1: "630" } }],
  ["keras", false, "model.py", { text: CODE, layer: "conv2d_1", other: "input(28, 28, 1) -> conv(32, 3)", exam: { questions: "2", kinds: "params,shape", layers: "conv2d_1", format: "html" } }],
  ["arch", false, "net.arch", { text: "input(28, 28, 1) -> conv(32, 3)", other: `${CODE}model.add(Flatten())`, exam: { seed: "3", show: "language" } }],
];

for (const [kind, asks, file, given] of CASES) {
  test(`${kind}: ${given.text.slice(0, 40).replaceAll("\n", " ")}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "own-"));
    try {
      const state = { ...BASE, ...given };
      writeFileSync(join(folder, file), state.text);
      writeFileSync(join(folder, "other.txt"), state.other);
      const options = { cwd: folder, encoding: "utf8", env: { ...process.env, PYTHONPATH: ROOT } };
      const lines = commands(state, kind, asks, SUFFIXES);
      const shell = `set -e\nsymparams() { "${PYTHON}" -m symparams "$@"; }\n${lines}\n`;
      const printed = execFileSync("bash", ["-c", shell], options);
      const scripted = execFileSync(PYTHON, ["-c", python(state, kind, asks)], options);
      if (state.other) assert.match(printed, / against /);
      if (Object.keys(state.exam).length) assert.ok(existsSync(join(folder, `exam${SUFFIXES[state.exam.format ?? "moodle"]}`)));
      for (const text of [printed, scripted]) {
        assert.ok(text.length > 200);
        if (asks) assert.match(text, /18,207/);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test("what a browser cannot write, the command line writes", () => {
  const folder = mkdtempSync(join(tmpdir(), "own-"));
  try {
    const state = { ...BASE, text: "input(H, 28, 1) -> conv(32, 3)", set: { H: "28" }, more: ["macs"] };
    const lines = [false, true].map((isAppendix) => onlyThere(state, "arch", isAppendix)).join("\n");
    assert.equal(lines.split("\n").length, 3);
    // Word, PDF and pictures need packages that need not be here: only what is written as text is run
    const text = lines.replaceAll(/\.(docx|pdf)$/gm, ".md");
    const options = { cwd: folder, encoding: "utf8", env: { ...process.env, PYTHONPATH: ROOT } };
    execFileSync("bash", ["-c", `set -e\nsymparams() { "${PYTHON}" -m symparams "$@"; }\n${text}\n`], options);
    for (const name of ["solution.md", "appendix.md"]) assert.ok(existsSync(join(folder, name)), name);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
