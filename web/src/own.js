// The command line and the Python that give the same as the page.

const FILES = { arch: "net.arch", keras: "model.py", torch: "model.py", notebook: "model.ipynb", summary: "summary.txt", question: "question.txt" };

const quoted = (text) => (/^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// `kind`: as which the text was read; `asks`: whether it asks for something.
export function commands({ text, set, style, layer, macs, yours }, kind, asks) {
  const file = FILES[kind] ?? "input.json";
  const isShort = !text.includes("\n") && text.length < 120;
  const input = isShort ? `-e ${quoted(text)}` : file;
  const values = Object.entries(set).map(([name, value]) => ` --set ${quoted(`${name}=${value}`)}`).join("");
  const more = `${macs ? " --quantity shape --quantity params --quantity macs" : ""}${values}`;
  const lines = isShort ? [] : [`# your text, saved as ${file}`];
  if (asks) lines.push(`symparams answer ${input}${values}`);
  lines.push(`symparams summary ${input}${macs ? " --quantity macs" : ""}${values}`);
  lines.push(`symparams solve ${input} --style ${style}${layer ? ` --layer ${quoted(layer)}` : ""}${more}`);
  for (const [name, answer] of Object.entries(yours)) {
    lines.push(`symparams diagnose ${input} ${name ? `--layer ${quoted(name)}` : "--total"} --answer ${quoted(answer)}${values}`);
  }
  return lines.join("\n");
}

export function python({ text, set, style, yours }, kind, asks) {
  const isShort = !text.includes("\n") && text.length < 120;
  const file = FILES[kind] ?? "input.json";
  const values = Object.entries(set).map(([name, value]) => `${name}=${/^\d+$/.test(value) ? value : JSON.stringify(value)}`).join(", ");
  return [
    "from pathlib import Path",
    "import symparams as sp",
    "",
    `read = sp.read(${isShort ? JSON.stringify(text) : `Path("${file}").read_text("utf-8")`})`,
    `net = read.net${values ? `.subs(${values})` : ""}`,
    ...(asks ? [`print(read.answer(${values}).to_text())`] : []),
    `print(net.params)`,
    `print(net.solve("${style}").to_text())`,
    ...Object.entries(yours).map(([name, answer]) => `print(net.diagnose(${JSON.stringify(answer)}${name ? `, ${JSON.stringify(name)}` : ""}).to_text())`),
  ].slice(isShort ? 1 : 0).join("\n");
}
