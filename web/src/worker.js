// Python in a worker: started from the files beside the page; then each message is a call, answered by its reply.
import { Symparams } from "./boot.js";
import { loadPyodide } from "./pyodide.mjs";

const BASE = new URL("./", self.location.href).href;
const real = self.fetch.bind(self);
const packs = new Map(); // name -> promise of its bytes

const PACKED = { "pyodide.asm.wasm": ["wasm", "application/wasm"], "python_stdlib.zip": ["library", "application/zip"] };

// What Pyodide fetches is kept compressed, whatever the server does.
self.fetch = async (from, ...more) => {
  const [name, type] = PACKED[String(from.url ?? from).split("/").pop()] ?? [];
  return name ? new Response(await unpacked(name), { headers: { "content-type": type } }) : real(from, ...more);
};

async function unpacked(name) {
  const reply = await real(`${BASE}${name}.pack`);
  if (!reply.ok) throw new Error(`the file ${name}.pack cannot be had (${reply.status})`);
  return reply.body.pipeThrough(counted()).pipeThrough(new DecompressionStream("gzip"));
}

// The bytes that a first start takes are counted, so that the page can show how many are there.
const LOADED = "Python is being loaded";
let bytes = 0;
let shown = 0;

function counted() {
  return new TransformStream({
    transform(chunk, onwards) {
      onwards.enqueue(chunk);
      bytes += chunk.byteLength;
      if (python !== null && !isReady && Date.now() > shown + 200) {
        shown = Date.now();
        self.postMessage({ told: LOADED, part: Math.min(1, bytes / FIRST_BYTES) });
      }
    },
  });
}

function fetched(name) {
  const found = packs.get(name) ?? unpacked(name).then((body) => new Response(body).arrayBuffer());
  packs.set(name, found);
  found.catch(() => packs.delete(name)); // so that a later call tries again
  return found;
}

async function load(options) {
  const script = await new Response(await unpacked("mjs")).text();
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const create = (await import(address)).default;
  const createPyodideModule = options._loadSnapshot ? (settings) => create(settings).then((made) => grown(made, options._loadSnapshot.length)) : create;
  return loadPyodide({ createPyodideModule, indexURL: BASE, packageBaseUrl: BASE, lockFileContents: { info: LOCK, packages: {} }, ...options });
}

// Pyodide copies a snapshot into memory that may be smaller: it is made large enough first.
function grown(made, length) {
  while (made.HEAP8.length < length) if (!made._malloc(1 << 20)) throw new Error("there is not enough memory");
  return made;
}

let python = null; // promise of it
let isReady = false;
let isRestored = false;

async function started() {
  const told = (sentence) => self.postMessage({ told: sentence });
  const snapshot = await kept();
  if (snapshot) {
    try {
      const found = await Symparams.started(load, fetched, told, snapshot);
      isRestored = true;
      return found;
    } catch (error) {
      console.warn(error); // whatever is wrong with it, Python can be started anew
      await forgotten();
    }
  }
  return Symparams.started(load, fetched, told);
}

self.onmessage = async ({ data }) => {
  if (data.keep) return self.postMessage({ isKept: await keep().catch(() => false) });
  if (data.idle) { // fetched while nobody waits, unpacked when it is needed
    for (const name of (await python).later) await fetched(name).catch(() => {});
    return;
  }
  const { id, operation, given, interrupt } = data;
  try {
    python ??= started();
    const ready = await python;
    isReady = true;
    if (interrupt) ready.interruptedBy(interrupt);
    self.postMessage({ id, isRestored, reply: operation ? JSON.parse(await ready.reply(operation, given)) : null });
  } catch (error) {
    const stopped = /^KeyboardInterrupt/m.test(error.message);
    if (!stopped) console.error(error);
    self.postMessage({ id, stopped, failed: String(error.message).trim().split("\n").pop() });
  }
};

// ---------------------------------------------------------------- the memory of Python, kept for later visits

const KEPT = `symparams-snapshot-${PACKS}`; // of these packs only
const ADDRESS = `${BASE}snapshot`;

// The snapshot that is kept; null if there is none, or if the browser does not let us look.
async function kept() {
  try {
    const found = await caches.match(ADDRESS, { cacheName: KEPT });
    return found ? new Uint8Array(await new Response(found.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()) : null;
  } catch {
    return null;
  }
}

async function forgotten() {
  await caches.delete(KEPT).catch(() => {});
}

// Make a snapshot in a Python of its own and keep it; false if it is there already.
async function keep() {
  if (await caches.match(ADDRESS, { cacheName: KEPT })) return false;
  const calls = WARM.map(([operation, given]) => [operation, JSON.stringify(given)]);
  const snapshot = await Symparams.snapshot(load, fetched, calls);
  const packed = new Blob([snapshot]).stream().pipeThrough(new CompressionStream("gzip"));
  const cache = await caches.open(KEPT);
  await cache.put(ADDRESS, new Response(await new Response(packed).blob()));
  return true;
}
