// Check the grammar of the Markdown files named on the command line with Harper, in American English.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const at = (name) => import(pathToFileURL(`${process.cwd()}/node_modules/harper.js/dist/${name}.js`).href);
const { LocalLinter, Dialect } = await at("index");
const { binaryInlined } = await at("binaryInlined");
const OFF = {
  SpellCheck: "cspell checks the spelling, with our words",
  SplitWords: "the same",
  MergeWords: "the same",
  OrthographicConsistency: "names of functions and packages are written as in code: relu, params",
  SentenceCapitalization: "items of lists, cells of tables and messages begin with a small letter",
  UseTitleCase: "headings are written like sentences",
  OxfordComma: "we write a, b and c",
  LongSentences: "items joined by semicolons count as one sentence",
  CapitalizePersonalPronouns: "i counts copies",
  PronounVerbAgreement: "the same",
  SingleBe: "the same",
  Dashes: "options begin with two hyphens",
  EllipsisLength: "ranges have two dots: 1..4",
  NumericRangeEnDash: "names such as WRN-28-10 are no ranges",
  ExpandParameter: "params is the name of a quantity",
  ExpandMinimum: "min is the name of a function",
  ExpandConfiguration: "config is what Keras and Hugging Face call it",
  ExpandWith: "W/2 is a quotient",
  ExpandMemoryShorthands: "7B is the size of a model",
  CompoundNouns: "a time step is written as two words in the field",
  CommaFixes: "ab,bc->ac is a formula of einsum",
  PhrasalVerbAsCompoundNoun: "dropout is a noun",
  MassNouns: "the field counts multiplications and dilations",
  RegularIrregulars: "a convolution is strided",
  Overall: "a sum over all layers is meant",
  Spaces: "a blank cell is marked with ?",
  ItsContraction: "its mean is meant",
  CurrencyPlacement: "dollar signs enclose formulas",
  UnclosedQuotes: "messages show pieces of text with one quotation mark",
  UseEllipsisCharacter: "Python has three dots",
  MissingTo: "it takes `learned` for a verb that needs one",
  MissingPreposition: "it takes `sizes` for a verb",
  PronounInflectionBe: "it takes `it` of an earlier clause for the subject",
  DisjointPrefixes: "hyphens are looked at by eye",
};
// Formulas, names and letters are code to it; A and B are two networks.
const FORMULA = /\$[^$\n]*\$|\([a-z]\)|(?<![`\w])[^\s`()|]*[_·×⌊⌋^=≤≥−‹›\\<>][^\s`|]*|\b[b-hj-z]\b|\b[Aa]\b(?= (?:(?:and|is|has|as|or|always|again)\b|\+ ))/g;
const masked = (text) => text.replace(FORMULA, (found) => `\`${"x".repeat(found.length)}\``);
const linter = new LocalLinter({ binary: binaryInlined, dialect: Dialect.American });
await linter.setup();
const config = await linter.getDefaultLintConfig();
for (const rule of Object.keys(OFF)) {
  if (!(rule in config)) throw new Error(`Harper has no rule ${rule}`);
  config[rule] = false;
}
await linter.setLintConfig(config);
let found = 0;
for (const file of process.argv.slice(2)) {
  const text = masked(readFileSync(file, "utf8"));
  const characters = [...text];
  for (const [rule, lints] of Object.entries(await linter.organizedLints(text, { language: "markdown" }))) {
    for (const lint of lints) {
      const { start } = lint.span();
      const line = characters.slice(0, start).filter((c) => c === "\n").length + 1;
      const around = characters.slice(Math.max(0, start - 30), start + 50).join("").replaceAll("\n", " ");
      console.error(`${file}:${line}: ${rule}: ${lint.message()} … ${around} …`);
      found += 1;
    }
  }
}
console.log(`Harper: ${found} findings`);
process.exit(found ? 1 : 0);
