// What the page's Python says is what Python says here, byte for byte.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";
import { Symparams } from "../src/boot.js";
import { OUT, PYTHON, ROOT } from "./places.mjs";

test("examples, random networks and exams are answered as natively", async () => {
  const env = { ...process.env, PYTHONPATH: ROOT };
  const lines = execFileSync(PYTHON, ["web/test/replies.py"], { cwd: ROOT, env, encoding: "utf8", maxBuffer: 1 << 28 });
  const expected = lines.trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(expected.length > 300);
  assert.ok(expected.filter((one) => one.ok).length > 0.9 * expected.length);
  const fetched = async (name) => new Uint8Array(gunzipSync(readFileSync(join(OUT, `${name}.pack`))));
  const work = mkdtempSync(join(tmpdir(), "library-"));
  after(() => rmSync(work, { recursive: true }));
  const stdLibURL = join(work, "python_stdlib.zip"); // the part of it that the page has from the start
  writeFileSync(stdLibURL, await fetched("library"));
  const python = await Symparams.started((options) => loadPyodide({ ...options, stdLibURL }), fetched, () => {});
  const differ = [];
  for (const { operation, given, hash } of expected) {
    const reply = await python.reply(operation, given);
    if (createHash("sha256").update(reply).digest("hex") !== hash) differ.push(`${operation} ${given.slice(0, 200)}`);
  }
  assert.deepEqual(differ, []);
});
