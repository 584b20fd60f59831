// Two networks side by side: the second in a box of its own, letters of both as sliders, what differs, both tables.
import { editor } from "./editor.js";
import { Letters } from "./letters.js";
import { $, fragment, made, put, section, sentence } from "./view.js";

export const BY = { params: "parameters", macs: "MACs", flops: "FLOPs", memory: "memory of parameters", activations: "activations" };

export class Comparison {
  #page; // { state, python, guarded, first(), valued(name, value), remembered() }
  #box = null;
  #letters;
  #timer = 0;

  constructor(page) {
    this.#page = page;
    this.#letters = new Letters($("#compare .letters"), (name, value) => this.#valued(name, value), "of-both");
    $("#by").append(...Object.entries(BY).map(([value, textContent]) => made("option", { value, textContent })));
    $("#by").onchange = () => {
      page.state.by = $("#by").value === "params" ? "" : $("#by").value;
      this.#later(0);
    };
    $("#same").onclick = () => this.#box.put(page.state.text);
    $("#compare").ontoggle = () => $("#compare").open && this.#opened();
    $("#compare-open").onclick = () => {
      $("#compare").open = true;
      this.#opened();
      $("#compare").scrollIntoView({ block: "start" });
      $("#other .cm-content").focus({ preventScroll: true });
    };
  }

  // The state has changed from outside: a link, or an example.
  restored() {
    const { other, by } = this.#page.state;
    $("#by").value = BY[by] ? by : "params";
    if (other) $("#compare").open = true;
    if (this.#box || other) this.#opened().put(other);
  }

  #opened() {
    const { state, guarded } = this.#page;
    const named = { labelledby: "other-label", describedby: "other-error", hint: "input(28, 28, 1) -> conv(16, 5x5, relu) -> flatten -> dense(10)" };
    this.#box ??= editor($("#other"), (text) => {
      if (text === state.other) return;
      Object.assign(state, { other: text, both: {} });
      this.#later();
    }, named);
    guarded(() => this.shown(), this.#failed);
    return this.#box;
  }

  #later(wait = 300) {
    clearTimeout(this.#timer);
    this.#page.remembered();
    this.#timer = setTimeout(() => this.#page.guarded(() => this.shown(), this.#failed), wait);
  }

  #valued(name, value) {
    const { state, first, valued } = this.#page;
    if (name in first().letters) return valued(name, value); // the page above moves with it
    if (value) state.both[name] = value;
    else delete state.both[name];
    return this.#later(120);
  }

  #failed = (error) => {
    const { source, line, message } = error;
    const where = source === "text 1" ? "The first network: " : line ? `Line ${line}: ` : "";
    this.#box?.mark(source === "text 2" || source === "text" ? error : null);
    $("#other-error").textContent = `${where}${sentence(message)}`;
    $("#compared").classList.add("old");
  };

  // Both as they are now; nothing if nothing is to be compared.
  async shown() {
    const { state, python, first } = this.#page;
    const isAsked = $("#compare").open && state.other.trim() && first();
    $("#compared").hidden = !isAsked;
    if (!isAsked) {
      $("#compare .lettered").hidden = true;
      $("#other-error").textContent = "";
      this.#box?.mark(null);
      return;
    }
    const second = (await python.call("answer", { text: state.other, format: "json" }, "other")).json.network;
    const [ofA, ofB] = [first(), second];
    const every = { ...state.set, ...state.both };
    const values = (...networks) => Object.fromEntries(Object.entries(every).filter(([name]) => networks.some((one) => name in (one.letters ?? {}))));
    const by = BY[state.by] ? state.by : "params";
    const table = (text, network, lane) => python.call("summary", { text, set: values(network), format: "html", ...(by === "params" ? {} : { quantity: by }) }, lane);
    const [said, a, b] = await Promise.all([
      python.call("compare", { text: [state.text, state.other], set: values(ofA, ofB), quantity: by, format: "html" }, "compare"),
      table(state.text, ofA, "side A"), table(state.other, ofB, "side B"),
    ]);
    $("#other-error").textContent = "";
    this.#box?.mark(null);
    $("#compared").classList.remove("old");
    const letters = { ...ofB.letters, ...ofA.letters };
    $("#compare .lettered").hidden = !Object.keys(letters).length;
    this.#letters.show(letters, { ...ofB.ranges, ...ofA.ranges }, every);
    put($("#verdict"), fragment(said.text));
    put($("#side-a"), section(a.text));
    put($("#side-b"), section(b.text));
  }
}
