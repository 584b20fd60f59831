// Exams on the network: what is asked, the paper as a student sees it, and files in each format.
import { $, decoded, made, printed, saved, sentence } from "./view.js";

const FIELDS = ["questions", "variants", "seed", "level", "layers", "show"]; // as the options are called
const field = (name) => $(name === "layers" ? "#layers-asked" : `#${name}`);
const atFirst = (name) => field(name).defaultValue ?? "";
const SHOWN = { "": "a table", keras: "Keras code", torch: "PyTorch code", language: "the language", figure: "a figure" };
const FIRST = "moodle"; // the format that is chosen at first

export class Exam {
  #page; // { state, python, guarded, asked(more), remembered() }

  constructor(page) {
    this.#page = page;
    $("#show").append(...Object.entries(SHOWN).map(([value, textContent]) => made("option", { value, textContent })));
    $("#export").append(...Object.keys(EXPORTS).map((value) => made("option", { value, textContent: value, selected: value === FIRST })));
    $("#kinds").append(...KINDS_OF_QUESTIONS.map(({ name, usual, about }) => made("label", { title: about }, made("input", { type: "checkbox", value: name, checked: usual, defaultChecked: usual }), ` ${name}`)));
    for (const one of $("#exam").querySelectorAll("input, select")) one.onchange = () => this.#changed();
    const failed = ({ message }) => ($("#exam-said").textContent = sentence(message));
    $("#exam-look").onclick = () => page.guarded(() => this.#look(), failed);
    $("#exam-take").onclick = () => page.guarded(() => this.#take(), failed);
    $("#paper").onchange = () => this.#turned();
    $("#exam-print").onclick = () => printed($("#exam-paper").srcdoc);
  }

  // The state has changed from outside, or is of another text now: `given` has the options that are not as at first.
  restored() {
    const given = this.#page.state.exam;
    for (const name of FIELDS) field(name).value = given[name] ?? atFirst(name);
    const kinds = given.kinds?.split(",");
    for (const box of this.#kinds()) box.checked = kinds ? kinds.includes(box.value) : box.defaultChecked;
    $("#export").value = given.format in EXPORTS ? given.format : FIRST;
    this.#named();
    this.stale();
  }

  // What is shown is of an older text.
  stale() {
    $("#exam-shown").hidden = true;
    $("#exam-said").textContent = "";
  }

  #kinds() {
    return [...$("#kinds").querySelectorAll("input")];
  }

  #named() {
    const chosen = this.#kinds().filter((box) => box.checked).map((box) => box.value);
    const isUsual = this.#kinds().every((box) => box.checked === box.defaultChecked);
    $("#kinds-chosen").textContent = isUsual ? "the usual ones" : chosen.join(", ") || "none";
    return isUsual ? "" : chosen.join(",");
  }

  #changed() {
    const given = {};
    for (const name of FIELDS) {
      const value = field(name).value.trim();
      if (value !== atFirst(name)) given[name] = value;
    }
    const kinds = this.#named();
    if (kinds || !this.#kinds().some((box) => box.checked)) given.kinds = kinds;
    if ($("#export").value !== FIRST) given.format = $("#export").value;
    this.#page.state.exam = given;
    this.stale();
    this.#page.remembered();
  }

  async #made(format, output) {
    const { kinds } = this.#page.state.exam;
    const given = kinds === undefined ? {} : { kinds };
    for (const name of FIELDS) {
      const value = field(name).value.trim();
      if (value) given[name] = field(name).type === "number" ? Number(value) : value;
    }
    const reply = await this.#page.python.call("exam", this.#page.asked({ ...given, format, output }), "exam");
    $("#exam-said").textContent = reply.notices.map((one) => sentence(one[0].toUpperCase() + one.slice(1))).join(" ");
    return reply.files;
  }

  #papers = {}; // paper and key as HTML

  async #look() {
    const files = await this.#made("html", "exam.html");
    const text = (name) => decoded(files.find((one) => one.name === name));
    this.#papers = { paper: text("exam.html"), key: text("exam-key.html") };
    $("#paper").value = "paper";
    this.#turned();
    $("#exam-shown").hidden = false;
  }

  #turned() {
    const isPaper = $("#paper").value === "paper";
    $("#exam-paper").srcdoc = this.#papers[$("#paper").value];
    $("#exam-paper").title = isPaper ? "The paper as a student sees it" : "The paper with keys and solutions";
  }

  async #take() {
    const format = $("#export").value;
    saved("exam", await this.#made(format, `exam${EXPORTS[format]}`));
  }
}
