// The page: what is typed goes to Python in a worker, what comes back is shown; the state is in the address.
import { Comparison } from "./compare.js";
import { editor, units } from "./editor.js";
import { Exam } from "./exam.js";
import { Letters } from "./letters.js";
import { commands, python as script } from "./own.js";
import { Python, Stopped } from "./python.js";
import { coded } from "./qr.js";
import { Unreadable, read, written } from "./share.js";
import { Take } from "./take.js";
import { $, below, block, copied, fragment, made, put, section, sentence, svg, table } from "./view.js";

const KINDS = {
  arch: "a network in the language", keras: "Keras code", torch: "PyTorch code", summary: "a printed table",
  question: "a question", notebook: "a notebook", "keras-config": "a config of Keras", hf: "a config of Hugging Face",
  onnx: "an ONNX model",
};
const STYLES = { steps: "steps", answer: "short answer", formula: "formulas", lesson: "lesson", table: "table", textbook: "textbook" };
const QUANTITIES = { macs: "MACs", flops: "FLOPs", activations: "activations", memory: "memory", cache: "key-value cache", field: "receptive field" };
const SHEETS = ["take", "exam", "own", "figure", "compare"]; // what is folded below the answer
const EMPTY = { layer: "", set: {}, yours: {}, both: {} }; // what is of one text only
const HINT = "input(28, 28, 1) -> conv(32, 3x3, relu) -> conv(63, 3x3, relu)";
const SHAPE = /^\(.*[,x×].*\)$|\d\s*[x×]\s*\d/; // how people write a shape; a number may have commas too

// What the address has: `more` are quantities, `other` the second network, `by` the quantity by which both are compared,
// `both` values of letters that only the second has, `exam` the options of an exam that are not as at first.
const state = { text: "", style: "steps", more: [], other: "", by: "", exam: {}, ...EMPTY };
let box, letters, comparison, exam, take;
let shown = null; // the reply that is on the page: what `answer` says as JSON
let base = {}; // letters with the values that the text gives them
let timer = 0;

// What a call does while it runs, by its lane; of the others nothing but that something is worked out.
const DOING = {
  answer: "The text is being read", summary: "The layers are being worked out", exam: "The exam is being made",
  take: "The document is being written", draw: "The figure is being drawn", compare: "The networks are being compared",
};

// `part`: how much of what is being loaded is there, from 0 to 1.
const python = new Python((told, part = null) => {
  loading = told;
  $("#bar").hidden = part === null;
  if (part !== null) $("#bar").value = part;
  progressed();
  busy(told !== "" || python.running !== null);
});
let loading = "";

function progressed() {
  const running = python.running;
  const seconds = running ? Math.floor((Date.now() - running.since) / 1000) : 0;
  const what = loading || (seconds ? (DOING[running.lane] ?? "This is being worked out") : "");
  $("#progress").textContent = what && `${what} …${seconds > 1 ? ` ${seconds} s` : ""}`;
}

// What is seen above the answer, and what a screen reader says.
function status(seen, said = seen) {
  $("#status span").textContent = seen;
  $("#spoken").textContent = said;
}

function busy(is) {
  clearTimeout(busy.timer);
  clearInterval(busy.clock);
  if (is) busy.clock = setInterval(progressed, 500);
  else $("#progress").textContent = "";
  busy.timer = setTimeout(() => {
    $("#stop").hidden = !is;
    $("#reply").setAttribute("aria-busy", String(is));
  }, is ? 250 : 0);
}

const asked = (more = {}) => ({ text: state.text, set: state.set, ...more });
const quantities = () => (state.more.length ? { quantity: ["shape", "params", ...state.more] } : {});
const html = (reply) => fragment(reply.text);

async function guarded(work, failed = complain) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    if (error instanceof Error) throw error;
    return failed(error);
  } finally {
    busy(false);
  }
}

// ---------------------------------------------------------------- from the text to the answer

function later(wait = 300) {
  clearTimeout(timer);
  timer = setTimeout(() => guarded(answered), wait);
  history.replaceState(null, "", written(state) || location.pathname + location.search);
}

function changed(text) {
  Object.assign(state, structuredClone(EMPTY), { text });
  later();
}

async function answered() {
  python.drop(() => true, 1500); // what is worked out for an older text
  if (!state.text.trim()) return cleared();
  busy(true);
  const found = (await python.call("answer", asked({ format: "json" }), "answer")).json;
  const asks = found.read.doubts.length > 0;
  const said = asks ? python.call("answer", asked({ format: "html" }), "said") : python.call("solve", asked({ total: true, format: "html" }), "said");
  const summary = python.call("summary", asked({ format: "html", "all-layers": true, ...(state.more.length ? { quantity: state.more } : {}) }), "summary");
  const [answer, rows] = await Promise.all([said, summary]);
  shown = found;
  box.mark(null);
  $("#error").textContent = "";
  put($("#answer"), html(answer));
  status("", $("#answer strong")?.textContent.trim() ?? "Answered.");
  $("#reply").classList.remove("old");
  understood(found);
  tabled(rows.text, found.network);
  lettered(found.network);
  for (const name of SHEETS) $(`#${name}`).hidden = false;
  $("#compare-open").hidden = false;
  exam.stale();
  take.shown();
  owned();
  if ($("#figure").open) await drawn();
  await restored();
  await comparison.shown();
  kept();
}

// What Python says of a place; null where it has something else to do.
async function told(text, line, column) {
  return python.isFree ? (await python.call("hover", { text, at: `${line}:${column}`, format: "json" }, "hover")).json : null;
}

function cleared() {
  shown = null;
  box.mark(null);
  for (const name of ["letters", "layers", "compare-open", ...SHEETS]) $(`#${name}`).hidden = true;
  for (const name of ["answer", "error", "read"]) put($(`#${name}`));
  status("Paste something, or take an example.");
}

function complain(error) {
  const ofLetter = error.source?.startsWith("set ");
  box.mark(error.source === "text" ? error : null);
  const place = error.source === "text" && error.line ? `Line ${error.line}: ` : ofLetter ? `${error.source.slice(4)}: ` : "";
  const fix = error.suggestion && error.source === "text" && error.start !== null ? [made("button", {
    textContent: `Write ${error.suggestion}`,
    onclick: () => box.put(state.text.slice(0, units(state.text, error.start)) + error.suggestion + state.text.slice(units(state.text, error.end))),
  })] : [];
  $("#error").replaceChildren(`${place}${sentence(error.message)} `, ...fix);
  if (!ofLetter) $("#read").replaceChildren();
  status(shown ? "This is still the answer to the text before." : "");
  $("#reply").classList.toggle("old", Boolean(shown));
}

function understood({ read }) {
  const notes = [...read.repairs, ...read.assumed].map((one) => made("li", { textContent: one.what }));
  const said = `Read as ${KINDS[read.kind] ?? read.kind}`;
  if (!notes.length) $("#read").replaceChildren(`${said}.`);
  else $("#read").replaceChildren(made("details", {}, made("summary", { textContent: `${said}, with ${notes.length === 1 ? "one note" : `${notes.length} notes`}` }), made("ul", {}, ...notes)));
  const isOurs = read.kind === "arch";
  $("#convention").disabled = !isOurs;
  $("#convention-choice").title = isOurs ? "" : "The code or the table says it.";
  $("#convention").value = shown.network.convention;
}

// ---------------------------------------------------------------- layers: their steps, and numbers of one's own

function tabled(text, network) {
  const layers = new Map(network.layers.map((one) => [one.name, one]));
  put($("#layers div"), table(text, layers, { asked: opened, typed: judgedLater, yours: state.yours }));
  $("#layers").hidden = false;
}

function opened(name) {
  const isOpen = $(`#layers tr[data-layer="${CSS.escape(name)}"] button`).getAttribute("aria-expanded") === "true";
  if (isOpen) below(name, "steps", null);
  state.layer = isOpen ? "" : name;
  remembered();
  return isOpen ? undefined : guarded(() => stepped(name));
}

async function stepped(name) {
  const given = asked({ layer: name, style: state.style, format: "html", ...quantities() });
  below(name, "steps", section((await python.call("solve", given, `steps ${name}`)).text));
}

// The commands and the script that say the same.
function owned() {
  const about = [state, shown.read.kind, shown.read.doubts.length > 0];
  put($("#own div"), block(commands(...about, EXPORTS)), block(script(...about)));
}

function remembered() {
  if (shown) owned();
  history.replaceState(null, "", written(state) || location.pathname + location.search);
}

function judgedLater(name, value) {
  clearTimeout(judgedLater[name]);
  if (value) state.yours[name] = value;
  else delete state.yours[name];
  remembered();
  judgedLater[name] = setTimeout(() => guarded(() => judged(name, value), (error) => below(name, "said", made("p", { textContent: sentence(error.message) }))), 400);
}

async function judged(name, value) {
  const field = $(`#layers tr[data-layer="${CSS.escape(name)}"] input`);
  if (!field) return undefined; // of a layer that the table does not show yet
  field.className = "";
  if (!value) return below(name, "said", null);
  const about = name ? { layer: name } : { total: true };
  const given = asked({ ...about, answer: value, quantity: name && SHAPE.test(value) ? "shape" : "params" });
  const { correct } = (await python.call("diagnose", { ...given, format: "json" }, `judge ${name}`)).json;
  const said = await python.call("diagnose", { ...given, format: "html" }, `said ${name}`);
  field.className = correct ? "right" : "wrong";
  below(name, "said", html(said));
  const under = document.querySelector(`#layers tr[data-layer="${CSS.escape(name)}"] + tr`);
  status("", $(".said strong", under)?.textContent ?? $(".said", under)?.textContent ?? "");
}

// What was open or typed before, or came with a link.
async function restored() {
  if (state.layer && shown.network.layers.some((one) => one.name === state.layer)) await stepped(state.layer);
  for (const [name, value] of Object.entries(state.yours)) {
    if (!name || shown.network.layers.some((one) => one.name === name)) await judged(name, value);
  }
}

async function drawn() {
  put($("#figure div"), svg((await python.call("draw", asked(), "draw")).text));
}

// ---------------------------------------------------------------- letters

function lettered(network) {
  const all = network.letters ?? {};
  $("#letters").hidden = !Object.keys(all).length;
  if (!Object.keys(state.set).length) base = all;
  letters.show({ ...Object.fromEntries(Object.keys({ ...base, ...all }).map((name) => [name, base[name] ?? null])) }, network.ranges ?? {}, state.set);
  if ($("#letters").hidden || !Object.keys(state.set).length) return $("#formula").replaceChildren();
  return guarded(async () => {
    const open = await python.call("solve", { text: state.text, total: true, format: "html" }, "formula");
    const value = document.querySelector("#layers tfoot td.number");
    const formula = fragment(open.text).querySelector("strong");
    $("#formula").replaceChildren("With letters: ", ...(formula ? formula.childNodes : []), " Here: ", ...value.cloneNode(true).childNodes, ".");
  }, () => {});
}

function valued(name, value) {
  if (value) state.set[name] = value;
  else delete state.set[name];
  later(120);
}

// ---------------------------------------------------------------- the rest of the page

function convention(name) {
  const line = `convention ${name}`;
  const has = /^[ \t]*convention[ \t]+\w+/m;
  box.put(has.test(state.text) ? state.text.replace(has, line) : `${line}\n${state.text}`);
}

function wired() {
  const options = (known) => Object.entries(known).map(([value, textContent]) => made("option", { value, textContent }));
  $("#style").append(...options(STYLES));
  $("#convention").append(...options({ keras: "Keras", torch: "PyTorch" }));
  $("#more div").append(...Object.entries(QUANTITIES).map(([value, name]) => made("label", {}, made("input", { type: "checkbox", value }), ` ${name}`)));
  for (const one of $("#more").querySelectorAll("input")) {
    one.onchange = () => {
      state.more = [...$("#more").querySelectorAll("input:checked")].map((each) => each.value);
      later(0);
    };
  }
  $("#style").onchange = () => { state.style = $("#style").value; later(0); };
  $("#convention").onchange = () => convention($("#convention").value);
  $("#stop").onclick = () => { python.drop(() => true); python.stop(); status("Stopped."); };
  $("#figure").ontoggle = () => $("#figure").open && shown && guarded(drawn);
  $("#link").onclick = () => copied($("#link"), location.href);
  $("#code").onclick = () => coded(location.href);
  $("#examples div").append(...EXAMPLES.map(({ title, text }) => made("button", { textContent: title, onclick: () => taken(text) })));
  addEventListener("hashchange", loaded);
  const page = { state, python, guarded, asked, quantities, remembered, valued };
  exam = new Exam(page);
  take = new Take({ ...page, read: () => shown?.read });
  comparison = new Comparison({ ...page, first: () => shown && { letters: base, ranges: shown.network.ranges ?? {} } });
}

function taken(text) {
  box.put(text);
  if (matchMedia("(max-width: 64rem)").matches) {
    $("#examples").open = false;
    $("#examples summary").focus();
  }
}

// The state that the address has; a sentence if it has none that can be read.
function loaded() {
  let found = {};
  try {
    found = read(location.hash);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    $("#unable").textContent = error.message;
    $("#unable").hidden = false;
    history.replaceState(null, "", location.pathname + location.search);
  }
  if (!found.text) return;
  box.put(found.text);
  Object.assign(state, structuredClone(EMPTY), { more: [], other: "", by: "", exam: {} }, found);
  if (!STYLES[state.style]) state.style = "steps";
  state.more = Object.keys(QUANTITIES).filter((one) => state.more.includes(one));
  $("#style").value = state.style;
  for (const one of $("#more").querySelectorAll("input")) one.checked = state.more.includes(one.value);
  exam.restored();
  comparison.restored();
  later(0);
}

// Keep the page for visits without a network, once there is an answer; where that is forbidden it works all the same.
async function kept() {
  if (kept.done) return;
  kept.done = true;
  document.documentElement.dataset.python = python.isRestored ? "restored" : "anew";
  python.rest();
  try {
    const registration = await navigator.serviceWorker.register("sw.js");
    const found = registration.installing;
    const failed = new Promise((_, refused) => found?.addEventListener("statechange", () => found.state === "redundant" && refused(found)));
    await Promise.race([navigator.serviceWorker.ready, failed]);
    $("#offline").textContent = "This page is kept by your browser and works without a network.";
    if (!python.isRestored) setTimeout(() => python.keep(), 2000); // when the first answer is being read
  } catch {
    unkept();
  }
}

function unkept() {
  $("#offline").textContent = "Your browser does not keep this page, since its storage is full or forbidden: it works, but only with a network.";
}

async function begun() {
  box = editor($("#box"), changed, { labelledby: "box-label", describedby: "error", hint: HINT, told });
  letters = new Letters($("#letters div"), valued);
  wired();
  loaded();
  await guarded(async () => {
    await python.start();
    if (!state.text) cleared();
  }, ({ message }) => status(message));
}

// A defect of the page: a sentence instead of silence.
function broken(event) {
  $("#unable").textContent = `Something in this page failed (${event.message ?? event.reason?.message ?? "no reason given"}). Your text is still in the address; loading the page again may help.`;
  $("#unable").hidden = false;
}
addEventListener("error", broken);
addEventListener("unhandledrejection", broken);

const lacking = typeof WebAssembly !== "object" || !("DecompressionStream" in window);
if (lacking) {
  $("#unable").textContent = "This browser lacks WebAssembly, or it is switched off, and without it nothing can be worked out here. A browser of 2023 or later has it; the command line does the same.";
  $("#unable").hidden = false;
  $("#ask").hidden = $("#reply").hidden = true;
} else await begun();
