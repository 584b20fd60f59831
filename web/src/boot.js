// Python with symparams from its packs, in whatever it runs: a worker of the page, or Node in the tests.

import { unzipSync } from "fflate";

const SYMPY = ["sympy", "mpmath"];
const ENV = { SYMPARAMS_CACHE: "/cache", PYTHONHASHSEED: "0", HOME: "/home" };

const BEGIN = `
import os, sys
sys.path.append("/lib/core")
os.chmod("/cache", 0o700)
for entry in os.scandir("/cache"):
    os.chmod(entry.path, 0o600)
`;
const AGAIN = "import random; random.seed()"; // or every visit would draw the same

// `load(options)` starts Pyodide, `fetched(name)` gives the bytes of a pack, `told(sentence)` is told what is being done.
export class Symparams {
  #page;
  #call;
  #later = new Set(["more", "sympy"]); // packs that are fetched when first needed
  #fetched;
  #told;

  // Started anew; or, with the memory of a Python that was `snapshot` before, within a fraction of the time.
  static async started(load, fetched, told, snapshot = null) {
    const files = ["core", "cache"].map(fetched);
    told("Python is being loaded");
    const page = await load({ env: ENV, ...(snapshot ? { _loadSnapshot: snapshot } : {}) });
    await unpacked(page, files);
    told("symparams is being started");
    page.runPython(snapshot ? AGAIN : BEGIN);
    return new Symparams(page, fetched, told);
  }

  // The memory of a Python that has answered some calls, each an operation with its arguments; of no reader's text.
  static async snapshot(load, fetched, calls) {
    const page = await load({ env: ENV, _makeSnapshot: true });
    await unpacked(page, ["core", "cache"].map(fetched));
    page.runPython(BEGIN);
    page.runPython(`from symparams.calls import call\nfor one in ${JSON.stringify(calls)}:\n    call(*one)\n`);
    return page.makeMemorySnapshot();
  }

  constructor(page, fetched, told) {
    this.#page = page;
    this.#call = page.pyimport("symparams.calls").call;
    this.#fetched = fetched;
    this.#told = told;
  }

  get later() {
    return [...this.#later];
  }

  // Bytes in which a 2 makes Python end what it does with a KeyboardInterrupt.
  interruptedBy(flag) {
    this.#page.setInterruptBuffer(flag);
  }

  // The reply to a call, as JSON; a pack that turns out to be missing is fetched first.
  async reply(operation, given) {
    for (;;) {
      try {
        return this.#call(operation, given);
      } catch (error) {
        const missing = /^ModuleNotFoundError: No module named '(\w+)/m.exec(error.message)?.[1];
        const name = SYMPY.includes(missing) ? "sympy" : "more";
        if (!missing || !this.#later.delete(name)) throw error;
        this.#told(name === "sympy" ? "Sympy is being loaded, which factors formulas" : "More of symparams is being loaded");
        placed(this.#page, "/lib/core", await this.#fetched(name));
        this.#page.runPython("sys.path_importer_cache.clear()"); // or what is new is not looked for
      }
    }
  }
}

// Files are no part of a snapshot: they are put where Python looks for them at every start.
async function unpacked(page, [core, cache]) {
  placed(page, "/lib/core", await core);
  placed(page, "/cache", await cache);
}

// The files of an archive below a folder; many times faster than Python unpacks them there.
function placed({ FS }, folder, archive) {
  const known = new Set();
  for (const [name, data] of Object.entries(unzipSync(new Uint8Array(archive)))) {
    const path = `${folder}/${name}`;
    const place = path.slice(0, path.lastIndexOf("/"));
    if (!known.has(place)) FS.mkdirTree(place);
    known.add(place);
    FS.writeFile(path, data);
  }
}
