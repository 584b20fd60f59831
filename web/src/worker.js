// Python in a worker: started from the files beside the page; then each message is a call, answered by its reply.
import { loadPyodide } from "./pyodide.mjs";

const BASE = new URL("./", self.location.href).href;
const REST = new Set(["more", "sympy"]); // packs that are fetched when first needed
const real = self.fetch.bind(self);
const packs = new Map(); // name -> promise of its bytes

// WebAssembly is kept compressed, whatever the server does.
self.fetch = (from, ...more) =>
  String(from.url ?? from).endsWith("pyodide.asm.wasm")
    ? unpacked("wasm").then((body) => new Response(body, { headers: { "content-type": "application/wasm" } }))
    : real(from, ...more);

async function unpacked(name) {
  const reply = await real(`${BASE}${name}.pack`);
  if (!reply.ok) throw new Error(`the file ${name}.pack cannot be had (${reply.status})`);
  return reply.body.pipeThrough(new DecompressionStream("gzip"));
}

function fetched(name) {
  if (!packs.has(name)) packs.set(name, unpacked(name).then((body) => new Response(body).arrayBuffer()));
  packs.get(name).catch(() => packs.delete(name)); // so that a later call tries again
  return packs.get(name);
}

function told(what) {
  self.postMessage({ told: what });
}

async function started() {
  const [core, cache] = [fetched("core"), fetched("cache")];
  told("Python is being loaded");
  const script = await unpacked("mjs").then((body) => new Response(body).text());
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const page = await loadPyodide({
    createPyodideModule: (await import(address)).default,
    indexURL: BASE,
    packageBaseUrl: BASE,
    lockFileContents: { info: LOCK, packages: {} },
    env: { SYMPARAMS_CACHE: "/cache", PYTHONHASHSEED: "0", HOME: "/home" },
  });
  page.unpackArchive(await core, "zip", { extractDir: "/lib/core" });
  page.unpackArchive(await cache, "zip", { extractDir: "/cache" });
  told("symparams is being started");
  page.runPython("import os, sys; sys.path.append('/lib/core'); os.chmod('/cache', 0o700)");
  page.runPython("for entry in os.scandir('/cache'): os.chmod(entry.path, 0o600)");
  const call = page.pyimport("symparams.calls").call;
  packs.clear();
  return { page, call };
}

// The reply to a call; a pack that turns out to be missing is fetched first.
async function reply({ page, call }, operation, given) {
  for (;;) {
    try {
      return call(operation, given);
    } catch (error) {
      const missing = /^ModuleNotFoundError: No module named '(\w+)/m.exec(error.message)?.[1];
      const name = ["sympy", "mpmath"].includes(missing) ? "sympy" : "more";
      if (!missing || !REST.delete(name)) throw error;
      told(name === "sympy" ? "Sympy is being loaded, which factors formulas" : "More of symparams is being loaded");
      page.unpackArchive(await fetched(name), "zip", { extractDir: "/lib/core" });
      page.runPython("import importlib; importlib.invalidate_caches()");
      packs.delete(name);
    }
  }
}

let python = null;

self.onmessage = async ({ data }) => {
  if (data.idle) { // fetched while nobody waits, unpacked when it is needed
    for (const name of REST) await fetched(name).catch(() => {});
    return;
  }
  const { id, operation, given, interrupt } = data;
  try {
    python ??= started();
    const ready = await python;
    if (interrupt) ready.page.setInterruptBuffer(interrupt);
    self.postMessage({ id, reply: operation ? JSON.parse(await reply(ready, operation, given)) : null });
  } catch (error) {
    const stopped = /^KeyboardInterrupt/m.test(error.message);
    if (!stopped) console.error(error);
    self.postMessage({ id, stopped, failed: String(error.message).trim().split("\n").pop() });
  }
};
