// Copy, download and print: the whole solution, or an appendix, in each format that a browser can make.
import { onlyThere } from "./own.js";
import { $, block, copied, decoded, downloaded, made, printed, saved, sentence } from "./view.js";

// name: what it is called, the suffix of its files, and what is asked for if that is not the name
const FORMATS = {
  markdown: ["Markdown", "md"],
  plain: ["Markdown without mathematics", "md", { format: "markdown", math: "unicode" }],
  latex: ["LaTeX", "tex"], typst: ["Typst", "typ"], html: ["HTML", "html"], text: ["plain text", "txt"], json: ["JSON", "json"],
};
const ONLY_SOLUTIONS = ["plain", "text"]; // what is no format of an appendix
const ALSO = { solution: "The command line writes Word and PDF files, too:", appendix: "The command line writes a PDF, too:" };

export class Take {
  #page; // { state, python, guarded, asked(more), quantities(), read() }

  constructor(page) {
    this.#page = page;
    $("#format").append(...Object.entries(FORMATS).map(([value, [textContent]]) => made("option", { value, textContent })));
    $("#whole").onchange = () => this.#chosen();
    const failed = ({ message }) => ($("#take-said").textContent = sentence(message));
    const doing = (work) => () => page.guarded(async () => {
      $("#take-said").textContent = "";
      await work();
    }, failed);
    const format = () => $("#format").value;
    $("#copy").onclick = doing(async () => copied($("#copy"), await this.#text(format())));
    $("#download").onclick = doing(async () => {
      if ($("#whole").value === "appendix") return saved("appendix", await this.#appendix(format()));
      return downloaded(`solution.${FORMATS[format()][1]}`, await this.#text(format()));
    });
    $("#print").onclick = doing(async () => printed(await this.#text("html")));
  }

  // What the page shows has changed.
  shown() {
    this.#chosen();
  }

  #chosen() {
    const isAppendix = $("#whole").value === "appendix";
    for (const one of $("#format").options) one.disabled = isAppendix && ONLY_SOLUTIONS.includes(one.value);
    if ($("#format").selectedOptions[0].disabled) $("#format").value = "markdown";
    const { state, read } = this.#page;
    $("#also p").textContent = ALSO[$("#whole").value];
    if (read()) $("#also div").replaceChildren(block(onlyThere(state, read().kind, isAppendix)));
  }

  #call(operation, given) {
    return this.#page.python.call(operation, this.#page.asked(given), "take");
  }

  async #appendix(name) {
    const pictures = name === "latex" ? { pictures: "tikz" } : {}; // a browser makes no PDF
    return (await this.#call("appendix", { format: name, ...pictures, output: `appendix.${FORMATS[name][1]}` })).files;
  }

  async #text(name) {
    if ($("#whole").value === "appendix") return decoded((await this.#appendix(name))[0]);
    const { state, quantities } = this.#page;
    const [, , given = { format: name }] = FORMATS[name];
    const reply = await this.#call("solve", { style: state.style, ...given, ...quantities() });
    return name === "json" ? `${JSON.stringify(reply.json, null, 2)}\n` : reply.text;
  }
}
