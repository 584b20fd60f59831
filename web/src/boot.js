// Python with symparams from its packs, in whatever it runs: a worker of the page, or Node in the tests.

const SYMPY = ["sympy", "mpmath"];

// `load` starts Pyodide, `fetched(name)` gives the bytes of a pack, `told(sentence)` is told what is being done.
export class Symparams {
  #page;
  #call;
  #later = new Set(["more", "sympy"]); // packs that are fetched when first needed
  #fetched;
  #told;

  static async started(load, fetched, told) {
    const [core, cache] = [fetched("core"), fetched("cache")];
    told("Python is being loaded");
    const page = await load({ SYMPARAMS_CACHE: "/cache", PYTHONHASHSEED: "0", HOME: "/home" });
    page.unpackArchive(await core, "zip", { extractDir: "/lib/core" });
    page.unpackArchive(await cache, "zip", { extractDir: "/cache" });
    told("symparams is being started");
    page.runPython("import os, sys; sys.path.append('/lib/core'); os.chmod('/cache', 0o700)");
    page.runPython("for entry in os.scandir('/cache'): os.chmod(entry.path, 0o600)");
    return new Symparams(page, fetched, told);
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
        this.#page.unpackArchive(await this.#fetched(name), "zip", { extractDir: "/lib/core" });
        this.#page.runPython("sys.path_importer_cache.clear()"); // or what is new is not looked for
      }
    }
  }
}
