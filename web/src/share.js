// The state of the page in its address: JSON, compressed; the number in front is the edition of its keys.
import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";

const EDITION = "2";
const MOST = 200_000; // characters of an address that is read
const TEXTS = { text: "string", layer: "string", style: "string", set: "object", yours: "object" };
// The keys of each edition, and how a state of it becomes one of ours.
const EDITIONS = {
  1: [{ ...TEXTS, macs: "boolean" }, ({ macs, ...rest }) => ({ ...rest, ...(macs ? { more: ["macs"] } : {}) })],
  2: [{ ...TEXTS, more: "object", other: "string", by: "string", both: "object", exam: "object" }, (state) => state],
};

export class Unreadable extends Error {}

export function written(state) {
  const kept = Object.fromEntries(Object.entries(state).filter(([, value]) => !isEmpty(value)));
  if (!kept.text) return "";
  const code = btoa(strFromU8(deflateSync(strToU8(JSON.stringify(kept)), { level: 9 }), true));
  return `#${EDITION}.${code.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

function isEmpty(value) {
  return !value || (typeof value === "object" && !Object.keys(value).length);
}

// The state in an address, {} if there is none; throws Unreadable with a sentence.
export function read(hash) {
  if (hash.length < 2) return {};
  const [edition, code] = hash.slice(1).split(".", 2);
  if (!EDITIONS[edition]) {
    const other = /^\d+$/.test(edition) && code;
    throw new Unreadable(other ? "The link was made by a version of this page that this one does not know." : "The link is not one of this page.");
  }
  try {
    if (hash.length > MOST) throw new Error("too long");
    const packed = strToU8(atob(code.replaceAll("-", "+").replaceAll("_", "/")), true);
    const state = JSON.parse(strFromU8(inflateSync(packed, { out: new Uint8Array(1 << 21) })));
    const [kinds, ours] = EDITIONS[edition];
    return ours(checked(state, kinds));
  } catch {
    throw new Unreadable("The link is damaged; perhaps its end was cut off.");
  }
}

function checked(state, kinds) {
  for (const [key, value] of Object.entries(state)) {
    if (typeof value !== kinds[key] || value === null) throw new Error(key);
    if (Array.isArray(value) !== (key === "more")) throw new Error(key);
    if (typeof value === "object" && !Object.values(value).every((one) => typeof one === "string")) throw new Error(key);
  }
  return state;
}
