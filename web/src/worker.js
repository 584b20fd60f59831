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

async function load(env) {
  const script = await unpacked("mjs").then((body) => new Response(body).text());
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const createPyodideModule = (await import(address)).default;
  return loadPyodide({ createPyodideModule, indexURL: BASE, packageBaseUrl: BASE, lockFileContents: { info: LOCK, packages: {} }, env });
}

let python = null; // promise of it
let isReady = false;

self.onmessage = async ({ data }) => {
  if (data.idle) { // fetched while nobody waits, unpacked when it is needed
    for (const name of (await python).later) await fetched(name).catch(() => {});
    return;
  }
  const { id, operation, given, interrupt } = data;
  try {
    python ??= Symparams.started(load, fetched, (told) => self.postMessage({ told }));
    const ready = await python;
    isReady = true;
    if (interrupt) ready.interruptedBy(interrupt);
    self.postMessage({ id, reply: operation ? JSON.parse(await ready.reply(operation, given)) : null });
  } catch (error) {
    const stopped = /^KeyboardInterrupt/m.test(error.message);
    if (!stopped) console.error(error);
    self.postMessage({ id, stopped, failed: String(error.message).trim().split("\n").pop() });
  }
};
