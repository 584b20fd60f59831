// Calls to Python from the page: one after another; newer ones replace older ones that wait, and any can be stopped.

export class Stopped extends Error {}

export class Python {
  #worker = null;
  #waiting = []; // { lane, operation, given, settle }
  #running = null; // the same with `id` and `since`
  #count = 0;
  #flag = self.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : null; // 2 in it interrupts Python
  isRestored = false; // whether Python went on from a snapshot
  #told; // is told what is being loaded and how much of it is there, "" when nothing is

  constructor(told) {
    this.#told = told;
  }

  // The call that runs, with its `lane` and `since` when; null if none does.
  get running() {
    return this.#running;
  }

  // Whether it is there and has nothing to do.
  get isFree() {
    return Boolean(this.#worker?.ready) && !this.#running && !this.#waiting.length;
  }

  // Start Python without any call.
  start() {
    return this.call("", {}, "start");
  }

  // Fetch what may be needed later.
  rest() {
    this.#worker?.postMessage({ idle: true });
  }

  // The result of an operation; a call in the same lane takes the place of one that waits. Throws the `error` of the
  // reply, or Stopped.
  call(operation, given, lane) {
    this.drop((one) => one.lane === lane);
    return new Promise((done, failed) => {
      this.#waiting.push({ lane, operation, given, done, failed });
      this.#next();
    });
  }

  // Let a worker of its own make what lets later visits start at once.
  keep() {
    const worker = new Worker(new URL("./worker.js", document.baseURI), { type: "module" });
    worker.onmessage = ({ data }) => "isKept" in data && worker.terminate();
    worker.onerror = () => worker.terminate();
    worker.postMessage({ keep: true });
  }

  // Forget calls that wait, and stop the one that runs if it is among them and does not end within `patience` ms.
  drop(which, patience = 0) {
    const dropped = this.#waiting.filter(which);
    this.#waiting = this.#waiting.filter((one) => !which(one));
    dropped.forEach((one) => one.failed(new Stopped()));
    const running = this.#running;
    if (!patience || !running?.ready || !which(running)) return;
    const left = patience - (Date.now() - running.since);
    setTimeout(() => this.#running === running && this.stop(), Math.max(0, left));
  }

  // End what runs: Python is interrupted where the browser lets us, else it starts anew.
  stop() {
    const running = this.#running;
    if (!running) return;
    if (this.#flag && running.ready) {
      this.#flag[0] = 2;
      running.timer = setTimeout(() => this.#again(running), 1000);
    } else this.#again(running);
  }

  #again(running) {
    if (this.#running !== running) return;
    this.#worker.terminate();
    this.#worker = this.#running = null;
    running.failed(new Stopped());
    if (this.#waiting.length) this.#next();
    else this.start().catch(() => {});
  }

  #next() {
    if (this.#running || !this.#waiting.length) return;
    if (!this.#worker) {
      this.#worker = new Worker(new URL("./worker.js", document.baseURI), { type: "module" });
      this.#worker.onmessage = ({ data }) => this.#heard(data);
      this.#worker.onerror = (event) => this.#heard({ id: this.#count, failed: event.message || "the worker cannot be started" });
      this.#worker.ready = false;
    }
    const one = (this.#running = this.#waiting.shift());
    Object.assign(one, { id: ++this.#count, since: Date.now(), ready: this.#worker.ready });
    if (this.#flag) this.#flag[0] = 0;
    const { id, operation, given } = one;
    this.#worker.postMessage({ id, operation, given: JSON.stringify(given), interrupt: this.#flag });
  }

  #heard({ told, part, id, isRestored, reply, stopped, failed }) {
    const one = this.#running;
    if (told !== undefined) return this.#told(told, part);
    if (!one || id !== one.id) return;
    clearTimeout(one.timer);
    this.#running = null;
    this.isRestored ||= isRestored;
    this.#worker.ready ||= failed === undefined;
    if (failed !== undefined && !this.#worker.ready) this.#worker = void this.#worker.terminate();
    if (stopped) one.failed(new Stopped());
    else if (failed !== undefined) one.failed({ message: `This cannot be worked out here: ${failed}` });
    else if (reply && !reply.ok) one.failed(reply.error);
    else one.done(reply?.result);
    this.#next();
    if (!this.#running) this.#told("");
  }
}
