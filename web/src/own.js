// The command line and the Python that give the same as the page.

const FILES = { arch: "net.arch", keras: "model.py", torch: "model.py", notebook: "model.ipynb", summary: "summary.txt", question: "question.txt" };
const OTHER = "other.txt"; // the network that is compared with

const quoted = (text) => (/^[\w./=,:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const isShort = (text) => !text.includes("\n") && text.length < 120;
const named = (kind) => FILES[kind] ?? "input.json";
const input = (text, file) => (isShort(text) ? `-e ${quoted(text)}` : file);
const given = (set) => Object.entries(set).map(([name, value]) => ` --set ${quoted(`${name}=${value}`)}`).join("");
const asked = (more) => (more.length ? ["shape", "params", ...more].map((one) => ` --quantity ${one}`).join("") : "");

// `kind`: as which the text was read; `asks`: whether it asks for something; `suffixes`: of the files of exams.
export function commands({ text, set, style, layer, more, yours, other, by, both, exam }, kind, asks, suffixes) {
  const read = input(text, named(kind));
  const values = given(set);
  const lines = isShort(text) ? [] : [`# your text, saved as ${named(kind)}`];
  if (asks) lines.push(`symparams answer ${read}${values}`);
  lines.push(`symparams summary ${read}${more.map((one) => ` --quantity ${one}`).join("")}${values}`);
  lines.push(`symparams solve ${read} --style ${style}${layer ? ` --layer ${quoted(layer)}` : ""}${asked(more)}${values}`);
  for (const [name, answer] of Object.entries(yours)) {
    lines.push(`symparams diagnose ${read} ${name ? `--layer ${quoted(name)}` : "--total"} --answer ${quoted(answer)}${values}`);
  }
  if (other.trim()) {
    const inline = isShort(text) && isShort(other); // files come before texts, whatever their order
    if (!inline && isShort(text)) lines.push(`# the first network, saved as ${named(kind)}`);
    if (!inline) lines.push(`# the other network, saved as ${OTHER}`);
    const two = inline ? `${read} -e ${quoted(other)}` : `${named(kind)} ${OTHER}`;
    lines.push(`symparams compare ${two}${by ? ` --quantity ${by}` : ""}${given({ ...set, ...both })}`);
  }
  if (Object.keys(exam).length) {
    const { format = "moodle", ...options } = exam;
    const words = Object.entries(options).map(([name, value]) => ` --${name} ${quoted(value)}`).join("");
    lines.push(`symparams exam ${read}${words}${values} --format ${format} -o exam${suffixes[format]}`);
  }
  return lines.join("\n");
}

// The commands that write what a browser cannot: the whole solution for Word and as PDF, an appendix for LaTeX and as PDF.
export function onlyThere({ text, set, style, more }, kind, isAppendix) {
  const read = input(text, named(kind));
  if (isAppendix) return `symparams appendix ${read}${given(set)} -o appendix.pdf`;
  return ["docx", "pdf"].map((suffix) => `symparams solve ${read} --style ${style}${asked(more)}${given(set)} -o solution.${suffix}`).join("\n");
}

export function python({ text, set, style, yours }, kind, asks) {
  const values = Object.entries(set).map(([name, value]) => `${name}=${/^\d+$/.test(value) ? value : JSON.stringify(value)}`).join(", ");
  return [
    "from pathlib import Path",
    "import symparams as sp",
    "",
    `read = sp.read(${isShort(text) ? JSON.stringify(text) : `Path("${named(kind)}").read_text("utf-8")`})`,
    `net = read.net${values ? `.subs(${values})` : ""}`,
    ...(asks ? [`print(read.answer(${values}).to_text())`] : []),
    `print(net.params)`,
    `print(net.solve("${style}").to_text())`,
    ...Object.entries(yours).map(([name, answer]) => `print(net.diagnose(${JSON.stringify(answer)}${name ? `, ${JSON.stringify(name)}` : ""}).to_text())`),
  ].slice(isShort(text) ? 1 : 0).join("\n");
}
