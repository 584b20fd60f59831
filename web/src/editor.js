// The box: an editor with the colors of the language, completion from the catalogue, and errors where they are.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const STATEMENTS = /^(model|convention|let|where|range|def|step|in|for|as)\b/;
const NAMES = new Map(CATALOGUE.map((one) => [one.label, one]));
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

function completed(context) {
  const word = context.matchBefore(/(->|→|[[{(|])\s*[^\W\d]\w*/);
  const typed = word?.text.match(/[^\W\d]\w*$/)[0];
  return typed ? { from: word.to - typed.length, options: CATALOGUE, validFor: /^\w*$/ } : null;
}

const HOVER = hoverTooltip((view, at) => {
  const word = view.state.wordAt(at);
  const known = word && NAMES.get(view.state.sliceDoc(word.from, word.to));
  if (!known) return null;
  const dom = document.createElement("div");
  dom.className = "hover";
  dom.append(Object.assign(document.createElement("code"), { textContent: known.label + known.detail }));
  dom.append(Object.assign(document.createElement("p"), { textContent: known.info }));
  return { pos: word.from, end: word.to, create: () => ({ dom }) };
});

export function editor(parent, changed) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        history(), keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]), EditorView.lineWrapping,
        LANGUAGE, syntaxHighlighting(COLORS), autocompletion({ override: [completed] }), HOVER, lintGutter(),
        placeholder("input(28, 28, 1) -> conv(32, 3x3, relu) -> conv(63, 3x3, relu)"),
        EditorView.contentAttributes.of({ "aria-labelledby": "box-label", "aria-describedby": "error", spellcheck: "false" }),
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
