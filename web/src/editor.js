// The box: an editor with the colors of the language, completion from the catalogue, and errors where they are.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { made } from "./view.js";

const STATEMENTS = /^(model|convention|let|where|range|def|step|in|for|as)\b/;
// A layer by each of its names, also by those that the frameworks give it.
const NAMES = new Map(CATALOGUE.flatMap((one) => [...one.also, one.label].map((name) => [name, one])));
const BEGINNINGS = Object.entries({
  model: "the title of the network, as in model \"LeNet-5\"", convention: "keras or torch", let: "a value for a letter, as in let F = 32",
  range: "the values of a letter, as in range F in 8..64 step 8", def: "a block with a name, as in def block(n) = conv(n, 3) -> relu",
}).map(([label, info]) => ({ label, info, type: "keyword" }));
const LANGUAGE = StreamLanguage.define({
  token(stream) {
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^"[^"\n]*"?/) || stream.match(/^'[^'\n]*'?/)) return "string";
    if (stream.match(STATEMENTS)) return "keyword";
    if (stream.match(/^\d[\d_.]*([x×]\d+)*/)) return "number";
    const word = stream.match(/^[^\W\d]\w*/);
    if (word) return NAMES.has(word[0]) ? "typeName" : null;
    if (stream.match(/^(->|→|[-+*/%^=<>|@])/)) return "operator";
    stream.next();
    return null;
  },
});
const COLORS = HighlightStyle.define([
  { tag: tags.comment, class: "t-comment" }, { tag: tags.string, class: "t-string" },
  { tag: tags.keyword, class: "t-keyword" }, { tag: tags.number, class: "t-number" },
  { tag: tags.typeName, class: "t-layer" }, { tag: tags.operator, class: "t-operator" },
]);

// Behind an arrow the layers, between the brackets of a layer what it takes, at the beginning of a line the statements.
function completed(context) {
  const word = context.matchBefore(/[^\W\d]\w*/);
  if (!word && !context.explicit) return null;
  const from = word?.from ?? context.pos;
  const before = context.state.sliceDoc(Math.max(0, from - 2000), from);
  if (/(->|→|[[{|])\s*$/.test(before)) return { from, options: CATALOGUE, validFor: /^\w*$/ };
  const inside = within(before);
  if (inside) return { from, options: taken(inside), validFor: /^\w*$/ };
  if (/(^|\n)[ \t]*$/.test(before)) return { from, options: BEGINNINGS, validFor: /^\w*$/ };
  return null;
}

const taken = ({ takes }) => (takes.some((one) => one.label === "activation=") ? [...takes, ...NAMES.get("activation").takes.filter((one) => one.type === "enum")] : takes);

// The layer between whose brackets a text ends, behind a bracket, a comma or an = of its own.
function within(text) {
  if (!/[(,=]\s*$/.test(text)) return null;
  for (let at = text.length - 1, deep = 0; at >= 0; at--) {
    if (text[at] === ")") deep++;
    else if (text[at] === "(" && deep-- === 0) return NAMES.get(/\w*$/.exec(text.slice(0, at))[0]) ?? null;
  }
  return null;
}

// What is said of a word in a small box: of a layer in its place if Python has it, else what the catalogue knows.
// `told(text, line, column)` gives a promise of it.
const hovered = (told) => hoverTooltip(async (view, at) => {
  const word = view.state.wordAt(at);
  if (!word) return null;
  const text = view.state.doc.toString();
  const line = view.state.doc.lineAt(at);
  const found = await told(text, line.number, [...text.slice(line.from, at)].length + 1).catch(() => null);
  if (found) return box(units(text, found.start), units(text, found.end), found);
  const known = NAMES.get(view.state.sliceDoc(word.from, word.to));
  return known ? box(word.from, word.to, { made: [], code: known.label + known.detail, about: known.info }) : null;
});

const box = (pos, end, told) => ({ pos, end, create: () => ({ dom: made("div", { className: "hover" }, ...explained(told)) }) });

function explained({ made: layers, more, code, about }) {
  const lines = layers.map(({ name, output, parameters }) => made("p", {},
    made("strong", {}, made("code", { textContent: name })), ` ${output}`,
    ...(parameters ? [made("br"), "parameters: ", made("code", { textContent: parameters })] : [])));
  if (more) lines.push(made("p", { textContent: `The same call makes further layers: ${more}.` }));
  if (code) lines.push(made("code", { textContent: code }));
  if (about) lines.push(made("p", {}, ...about.split("`").map((part, i) => (i % 2 ? made("code", { textContent: part }) : part))));
  return lines;
}

// `labelledby` and `describedby`: ids of what names and explains the box; `hint`: what stands in it while it is empty;
// `told`: what Python says of a place.
export function editor(parent, changed, { labelledby, describedby, hint, told }) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        history(), keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]), EditorView.lineWrapping,
        LANGUAGE, syntaxHighlighting(COLORS), autocompletion({ override: [completed] }), hovered(told), lintGutter(),
        placeholder(hint),
        EditorView.contentAttributes.of({ "aria-labelledby": labelledby, "aria-describedby": describedby, spellcheck: "false" }),
        EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
      ],
    }),
  });
  return {
    put(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    // Underline what an error is about; `fix`: a word that takes its place at a click.
    mark(error) {
      const found = error && error.start !== null ? [diagnostic(error, view.state.doc.toString())] : [];
      view.dispatch(setDiagnostics(view.state, found));
    },
  };
}

// Python counts characters, the browser its own units, of which some characters have two.
export function units(text, count) {
  let at = 0;
  for (let left = count; left > 0 && at < text.length; left--) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

function diagnostic({ message, start, end, suggestion }, text) {
  const from = units(text, start);
  const to = Math.max(units(text, end), Math.min(from + 1, text.length));
  const apply = (view, first, last) => view.dispatch({ changes: { from: first, to: last, insert: suggestion } });
  return { from, to, severity: "error", message, actions: suggestion ? [{ name: `Write ${suggestion}`, apply }] : [] };
}
