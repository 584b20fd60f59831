// The page as static files: node web/build.mjs OUT. Needs `npm ci` in web/, and a Python with what symparams needs
// (PYTHON names it; else .venv of the checkout, or python3).
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { loadPyodide } from "pyodide";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const PYODIDE = join(HERE, "node_modules", "pyodide");
const SMALL = "input(H,9,C) -> conv(4,3,relu) -> maxpool(2) -> flatten -> dense(2)";
const NUMBERS = "input(9,9,1) -> conv(4,3) -> conv(6,3,relu) -> flatten -> dense(2)";
const FIRST = ["wasm", "mjs", "library", "core", "cache"]; // packs without which Python does not start
// What a first visit asks: its templates and parsing tables are made here, once.
const WARM = [
  ["answer", { text: NUMBERS, format: "json" }],
  ["answer", { text: NUMBERS, layer: "conv_2", format: "html" }],
  ["summary", { text: SMALL, format: "html" }],
  ["solve", { text: NUMBERS, total: true, format: "html" }],
  ...["answer", "steps", "formula", "lesson", "table", "textbook"].map((style) => [
    "solve", { text: NUMBERS, style, format: "html", quantity: ["shape", "params", "macs"] },
  ]),
  ["diagnose", { text: NUMBERS, layer: "conv_2", answer: "60", format: "html" }],
  ["draw", { text: SMALL }],
  ["hover", { text: SMALL, at: "1:20", format: "json" }],
  ["answer", { text: "m = Sequential()\nm.add(Conv2D(32, 3, input_shape=(28, 28, 1)))\nm.add(Dense(2))\n\nWhy not 9?", format: "json" }],
  ["summary", { text: "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(3, 4)\n\n    def forward(self, x):\n        return F.relu(self.a(x))\n" }],
  ["answer", { text: "dense (Dense)    (None, 4)    16\ndense_1 (Dense)    (None, 2)    10\n\nWhy has dense_1 not 8 parameters?", format: "html" }],
];

function python() {
  const own = join(ROOT, ".venv", "bin", "python");
  return process.env.PYTHON ?? (existsSync(own) ? own : "python3");
}

function stage(folder, names) {
  const code = `import importlib.util as u; print(*[(s.submodule_search_locations or [s.origin])[0] for s in map(u.find_spec, ${JSON.stringify(names)})], sep="\\n")`;
  const places = execFileSync(python(), ["-c", code], { encoding: "utf8" }).trim().split("\n");
  for (const place of places) copied(place, join(folder, basename(place)));
}

function copied(from, to) {
  const left = /(^|\/)(__pycache__|tests|testing|benchmarks|[^/]*\.(so|pyi|pyd)|_speedups\.c|py\.typed)$/;
  cpSync(from, to, { recursive: true, filter: (name) => !left.test(name) });
}

async function packs(work, out) {
  const [core, sympy] = ["core", "sympy"].map((name) => join(work, name));
  copied(join(ROOT, "symparams"), join(core, "symparams"));
  for (const name of ["grammar", "templates"]) copied(join(ROOT, name), join(core, "symparams", name));
  stage(core, ["lark", "jinja2", "markupsafe", "click"]);
  stage(core, ["genanki", "cached_property", "chevron", "frozendict", "yaml"]); // for decks of Anki
  stage(sympy, ["sympy", "mpmath"]);
  const page = await loadPyodide({ env: { SYMPARAMS_CACHE: "/cache", PYTHONHASHSEED: "0" } });
  page.mountNodeFS("/stage", work);
  page.runPython(readFileSync(join(HERE, "pack.py"), "utf8"));
  const pack = page.globals.get("pack");
  pack("/stage/core", "/stage/all.zip");
  page.runPython('import shutil, sys; sys.path += ["/lib/core", "/stage/sympy"]; shutil.unpack_archive("/stage/all.zip", "/lib/core")');
  const version = page.globals.get("warm")(JSON.stringify(WARM));
  const first = page.globals.get("loaded")("/lib/core"); // what a first visit needs; all else is fetched later
  pack("/stage/core", "/stage/core.zip", first);
  pack.callKwargs("/stage/core", "/stage/more.zip", first, { others: true });
  pack("/stage/sympy", "/stage/sympy.zip");
  pack("/cache", "/stage/cache.zip");
  cpSync(join(PYODIDE, "python_stdlib.zip"), join(work, "stdlib.zip"));
  page.globals.get("split_library")("/stage/stdlib.zip", "/stage/library.zip", "/stage/more.zip");
  const [catalogue, kinds, exports] = ["catalogue", "kinds", "exports"].map((name) => JSON.parse(page.globals.get(name)()));
  for (const name of ["library", "core", "cache", "more", "sympy"]) written(out, `${name}.pack`, readFileSync(join(work, `${name}.zip`)));
  return { version, catalogue, kinds, exports };
}

function written(out, name, data) {
  writeFileSync(join(out, name), gzipSync(data, { level: 9 }));
}

function examples() {
  const own = JSON.parse(readFileSync(join(HERE, "src", "examples.json"), "utf8"));
  return own.map(({ title, text, file }) => ({
    title, text: text?.join("\n") ?? readFileSync(join(ROOT, "examples", file), "utf8"),
  }));
}

async function scripts(out, known) {
  const define = Object.fromEntries(Object.entries(known).map(([name, value]) => [name, JSON.stringify(value)]));
  const common = { bundle: true, minify: true, format: "esm", target: "es2022", outdir: out, define, logLevel: "warning" };
  await build({ ...common, entryPoints: ["main", "worker"].map((name) => join(HERE, "src", `${name}.js`)), external: ["./pyodide.mjs"] });
}

async function main(out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "page-"));
  let packed = ""; // the edition of the packs, of which the page keeps a snapshot
  for (const suffix of ["wasm", "mjs"]) written(out, `${suffix}.pack`, readFileSync(join(PYODIDE, `pyodide.asm.${suffix}`)));
  try {
    const { version, catalogue, kinds, exports } = await packs(work, out);
    const lock = JSON.parse(readFileSync(join(PYODIDE, "pyodide-lock.json"), "utf8"));
    const first = FIRST.map((name) => readFileSync(join(out, `${name}.pack`)));
    const bytes = first.reduce((sum, data) => sum + data.length, 0);
    packed = first.reduce((made, data) => made.update(data), createHash("sha256")).digest("hex").slice(0, 16);
    await scripts(out, { FIRST_BYTES: bytes, PACKS: packed, WARM: WARM.filter(([operation]) => operation !== "draw"), LOCK: lock.info, CATALOGUE: catalogue, KINDS_OF_QUESTIONS: kinds, EXPORTS: exports, EXAMPLES: examples() });
    const html = readFileSync(join(HERE, "src", "index.html"), "utf8");
    writeFileSync(join(out, "index.html"), html.replaceAll("{{version}}", version));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  cpSync(join(PYODIDE, "pyodide.mjs"), join(out, "pyodide.mjs"));
  const sheet = readFileSync(join(ROOT, "templates", "formats", "document.css"), "utf8");
  writeFileSync(join(out, "document.css"), sheet.replace("data:font/woff2;base64,FONT", "formulas.woff2"));
  cpSync(join(ROOT, "templates", "fonts", "formulas.woff2"), join(out, "formulas.woff2"));
  for (const name of ["style.css", "icon.svg"]) cpSync(join(HERE, "src", name), join(out, name));
  const files = readdirSync(out).sort();
  const hash = createHash("sha256");
  for (const name of files) hash.update(name).update(readFileSync(join(out, name)));
  const worker = readFileSync(join(HERE, "src", "sw.js"), "utf8");
  const edition = hash.update(worker).digest("hex").slice(0, 16);
  writeFileSync(join(out, "sw.js"), worker.replace("{{edition}}", edition).replace("{{packs}}", packed).replace('"{{files}}"', JSON.stringify(["./", ...files])));
  console.log(`${out}: ${files.length + 1} files, edition ${edition}`);
}

if (process.argv.length !== 3) {
  console.error("usage: node web/build.mjs OUT");
  process.exit(2);
}
await main(resolve(process.argv[2])).catch((error) => {
  console.error(String(error.message).trim().split("\n").slice(-6).join("\n").slice(0, 2000));
  process.exit(1);
});
