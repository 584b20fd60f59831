// Documents of the program as parts of the page, and what the reader takes of them.
import { zipSync } from "fflate";

const ROWS = 300; // layers that a table shows before it is asked for more: browsers lay out long tables slowly

let parts = 0;

export const $ = (selector, within = document) => within.querySelector(selector);

export function made(name, properties = {}, ...inside) {
  const { data = {}, ...plain } = properties;
  const element = Object.assign(document.createElement(name), plain);
  Object.assign(element.dataset, data);
  element.append(...inside);
  return element;
}

// What stands in the body of an HTML document, its headings below those of the page, its names its own.
export function fragment(text) {
  const body = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  const prefix = `part${++parts}-`;
  for (const one of body.querySelectorAll("[id]")) one.id = prefix + one.id;
  for (const one of body.querySelectorAll('a[href^="#"]')) one.setAttribute("href", `#${prefix}${one.getAttribute("href").slice(1)}`);
  for (const [from, to] of [["h3", "h5"], ["h2", "h4"], ["h1", "h3"]]) {
    for (const one of body.querySelectorAll(from)) one.replaceWith(made(to, { className: one.className }, ...one.childNodes));
  }
  const found = document.createDocumentFragment();
  found.append(...body.childNodes);
  return found;
}

// The same of one layer: it needs no folding of its own, nor a heading above the row that opened it.
export function section(text) {
  const found = fragment(text);
  for (const one of found.querySelectorAll("details")) one.replaceWith(...[...one.childNodes].filter((part) => part.localName !== "summary"));
  $("h3", found)?.remove();
  return found;
}

// A formula may be wider than the screen: its box scrolls, also by the keyboard.
export function put(place, ...inside) {
  place.replaceChildren(...inside);
  for (const one of [place, ...place.querySelectorAll(".chain, table, pre")]) {
    if (one.scrollWidth > one.clientWidth + 1 && !one.closest("[tabindex]")) one.tabIndex = 0;
  }
}

export function svg(text) {
  const picture = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  const prefix = `part${++parts}-`; // an id must be there once in a page
  for (const one of picture.querySelectorAll("[id]")) one.id = prefix + one.id;
  const names = picture.getAttribute("aria-labelledby");
  if (names) picture.setAttribute("aria-labelledby", names.split(" ").map((name) => prefix + name).join(" "));
  return document.importNode(picture, true);
}

// The summary with a button for each layer, and a field for a number of one's own beside each and the total.
// `layers`: by their names; `asked(name)` opens or closes; `typed(name, value)`, with "" for the total.
export function table(text, layers, { asked, typed, yours }) {
  const whole = fragment(text); // further quantities have tables of their own below
  const found = $("table", whole);
  $("h3", whole)?.remove();
  const head = $("thead tr", found);
  head.append(made("th", { scope: "col", textContent: "Your number" }));
  const columns = head.children.length;
  found.className = "layers";
  for (const row of [...found.querySelectorAll("tbody tr"), $("tfoot tr", found)]) {
    const cell = $("th", row);
    const code = $("code", cell);
    const name = code?.textContent ?? "";
    const isTotal = row.parentElement.localName === "tfoot";
    if (!isTotal && !layers.has(name)) continue;
    row.dataset.layer = name;
    if (code) {
      const id = `steps-${row.rowIndex}`;
      const button = made("button", { className: "layer", onclick: () => asked(name) }, code.cloneNode(true));
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("aria-controls", id);
      code.replaceWith(button);
      cell.append(made("span", { className: "kind", textContent: layers.get(name).kind }));
      row.after(made("tr", { className: "below", hidden: true, id }, made("td", { colSpan: columns })));
    } else row.after(made("tr", { className: "below", hidden: true }, made("td", { colSpan: columns })));
    const field = made("input", { type: "text", size: 9, value: yours[name] ?? "", autocomplete: "off", spellcheck: false, placeholder: "yours" });
    field.setAttribute("aria-label", `Your number for ${name || "the total"}`);
    field.oninput = () => typed(name, field.value.trim());
    row.append(made("td", { className: "yours" }, field));
  }
  for (const row of found.querySelectorAll("tr:not(.below)")) {
    if (row.children.length < columns) row.append(made("td"));
    [...row.children].forEach((cell, i) => i && !cell.dataset.title && (cell.dataset.title = head.children[i].textContent));
  }
  const rest = [...found.querySelectorAll("tbody tr")].slice(2 * ROWS);
  if (rest.length) {
    const more = made("button", { textContent: `Show the other ${rest.filter((row) => row.dataset.layer).length.toLocaleString("en")} layers` });
    const row = made("tr", {}, made("td", { colSpan: columns }, more));
    rest.forEach((one) => one.remove());
    $("tbody", found).append(row);
    more.onclick = () => row.replaceWith(...rest);
  }
  return whole;
}

// What stands below a row: the steps of a layer, and what is said of a number; each in a box of its own.
export function below(name, box, content) {
  const row = document.querySelector(`#layers tr[data-layer="${CSS.escape(name)}"]`);
  if (!row) return;
  const under = row.nextElementSibling;
  const cell = under.firstElementChild;
  let place = $(`.${box}`, cell);
  if (!place) cell[box === "said" ? "prepend" : "append"]((place = made("div", { className: box })));
  if (content) put(place, content);
  else place.remove();
  under.hidden = !cell.children.length;
  if (box === "steps") $("button.layer", row)?.setAttribute("aria-expanded", String(Boolean(content)));
}

export function copied(button, text) {
  const was = button.textContent;
  const told = (word) => {
    button.textContent = word;
    setTimeout(() => (button.textContent = was), 1500);
  };
  navigator.clipboard.writeText(text).then(() => told("Copied"), () => told("The browser forbids it"));
}

export function downloaded(name, text) {
  const address = URL.createObjectURL(new Blob([text]));
  made("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const sentence = (message) => (/[.?!…]$/.test(message) ? message : `${message}.`);

// A document of its own, given to the browser's printing, which also makes PDF.
export function printed(html) {
  const frame = made("iframe", { className: "unseen", title: "What is printed", srcdoc: html });
  frame.onload = () => {
    frame.contentWindow.addEventListener("afterprint", () => frame.remove());
    frame.contentWindow.focus();
    frame.contentWindow.print();
  };
  document.body.append(frame);
}

const bytes = (file) => Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0));
export const decoded = (file) => new TextDecoder().decode(bytes(file));

// Files of a reply: one as it is, several as an archive of this name.
export function saved(name, files) {
  if (files.length === 1) return downloaded(files[0].name, bytes(files[0]));
  const all = Object.fromEntries(files.map((one) => [one.name, bytes(one)]));
  return downloaded(`${name}.zip`, zipSync(all, { mtime: new Date(1980, 0, 1) }));
}

// A text with a button that copies it.
export function block(text) {
  const button = made("button", { textContent: "Copy", onclick: () => copied(button, text) });
  return made("div", { className: "block" }, made("pre", { tabIndex: 0, textContent: text }), button);
}
