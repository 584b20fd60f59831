// Where the built page is, the browsers, and the checkout with its Python.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const OUT = resolve(process.env.PAGE ?? join(ROOT, "web", "out"));
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const own = join(ROOT, ".venv", "bin", "python");
export const PYTHON = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
export const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
