// Tokenize texts as editors do: a TextMate grammar and a JSON list of texts are named; the tokens of each are printed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
const modules = process.env.TEXTMATE_MODULES ?? join(process.cwd(), "node_modules");
const required = createRequire(join(modules, "..", "here.js"));
const textmate = required(join(modules, "vscode-textmate"));
const oniguruma = required(join(modules, "vscode-oniguruma"));
await oniguruma.loadWASM(readFileSync(join(modules, "vscode-oniguruma", "release", "onig.wasm")));
const [file, texts] = process.argv.slice(2);
const registry = new textmate.Registry({
  onigLib: {
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  },
  loadGrammar: async () => textmate.parseRawGrammar(readFileSync(file, "utf8"), file),
});
const grammar = await registry.loadGrammar("source.arch");
const found = JSON.parse(readFileSync(texts, "utf8")).map((text) => {
  const tokens = [];
  let stack = textmate.INITIAL;
  let start = 0;
  for (const line of text.split("\n")) {
    const { tokens: inLine, ruleStack, stoppedEarly } = grammar.tokenizeLine(line, stack);
    if (stoppedEarly) throw new Error(`the line takes too long: ${line}`);
    for (const { startIndex, endIndex, scopes } of inLine) {
      tokens.push([start + startIndex, line.slice(startIndex, endIndex), scopes.at(-1)]);
    }
    stack = ruleStack;
    start += line.length + 1;
  }
  return tokens;
});
console.log(JSON.stringify(found));
