// The state of the page in its address: JSON, compressed; the number in front is the edition of its keys.
import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";

const EDITION = "1";
const MOST = 200_000; // characters of an address that is read
const KINDS = { text: "string", layer: "string", style: "string", macs: "boolean", set: "object", yours: "object" };

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
  if (edition !== EDITION) {
    const other = /^\d+$/.test(edition) && code;
    throw new Unreadable(other ? "The link was made by another version of this page." : "The link is not one of this page.");
  }
  try {
    if (hash.length > MOST) throw new Error("too long");
    const packed = strToU8(atob(code.replaceAll("-", "+").replaceAll("_", "/")), true);
    const state = JSON.parse(strFromU8(inflateSync(packed, { out: new Uint8Array(1 << 21) })));
    return checked(state);
  } catch {
    throw new Unreadable("The link is damaged; perhaps its end was cut off.");
  }
}

function checked(state) {
  for (const [key, value] of Object.entries(state)) {
    if (typeof value !== KINDS[key] || value === null) throw new Error(key);
    if (typeof value === "object" && !Object.values(value).every((one) => typeof one === "string")) throw new Error(key);
  }
  return state;
}
