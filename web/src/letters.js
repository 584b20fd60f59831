// Letters as fields and sliders: a value makes the formulas numbers, without one the letter stays open.
import { made } from "./view.js";

const FAR = 256; // where a slider ends if nothing says how large its letter is

function bounds(ranges, value) {
  const pieces = ranges ?? [];
  if (pieces.length) return [pieces[0].first, pieces.at(-1).last, pieces.length === 1 ? (pieces[0].step ?? 1) : 1];
  const known = Number(value) || 0;
  return [1, Math.max(FAR, 2 ** Math.ceil(Math.log2(known + 1))), 1];
}

const shortly = (end) => (end < 1e6 ? end.toLocaleString("en") : end.toExponential(0));

// A slider ends where its range does; a value beyond it makes it longer.
function wider(row, range, number) {
  const [, , , slider, end] = row.children;
  if (!(number > slider.max)) return;
  slider.max = Math.max(number, bounds(range, number)[1]);
  end.textContent = shortly(Number(slider.max));
}

// Fields for the letters of a network; `changed(name, value)` is told of values, "" for an open letter.
export class Letters {
  #place;
  #changed;
  #prefix; // of the ids of fields
  #names = "";

  constructor(place, changed, prefix = "letter") {
    this.#place = place;
    this.#changed = changed;
    this.#prefix = prefix;
  }

  show(letters, ranges, set) {
    const names = JSON.stringify([Object.keys(letters), ranges]);
    if (names !== this.#names) this.#place.replaceChildren(...Object.keys(letters).map((name) => this.#row(name, letters[name], ranges[name])));
    this.#names = names;
    for (const row of this.#place.children) this.#fill(row, letters[row.dataset.name], set[row.dataset.name]);
  }

  #row(name, value, range) {
    const [min, max, step] = bounds(range, value);
    const field = made("input", { type: "text", size: 8, id: `${this.#prefix}-${name}`, autocomplete: "off", placeholder: "open" });
    const slider = made("input", { type: "range", min, max, step });
    slider.setAttribute("aria-label", `${name}, as a slider`);
    const ends = [min, max].map((end) => made("span", { className: "end", textContent: shortly(end) }));
    const row = made("div", { className: "letter", data: { name } }, made("label", { htmlFor: field.id, textContent: name }), field, ends[0], slider, ends[1]);
    field.oninput = () => {
      const number = Number(field.value);
      wider(row, range, number);
      if (field.value.trim() && Number.isInteger(number)) slider.value = number;
      this.#changed(name, field.value.trim());
    };
    slider.oninput = () => {
      field.value = slider.value;
      this.#changed(name, slider.value);
    };
    return row;
  }

  #fill(row, value, given) {
    const [, field, , slider] = row.children;
    const shown = given ?? "";
    if (value !== null && given === undefined) field.placeholder = String(value);
    if (document.activeElement !== field) field.value = shown;
    const number = Number(shown || value);
    wider(row, undefined, number);
    if (document.activeElement !== slider) slider.value = number || slider.min;
    row.classList.toggle("open", !shown && value === null);
  }
}
