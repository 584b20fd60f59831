// The link to the page as a QR code, large, for a lecture.
import { correction, generate } from "lean-qr";
import { toSvg } from "lean-qr/extras/svg";
import { $ } from "./view.js";

const FAR = 117; // squares along a side that phones still read from the back of a room

// Show the code of an address; a sentence if it is too long for one.
export function coded(address) {
  const place = $("#qr div");
  let told = "";
  try {
    const code = generate(address, { minCorrectionLevel: correction.L });
    const picture = toSvg(code, document, { on: "#000", off: "#fff", pad: 4 });
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", "QR code of the link to this page as it is");
    place.replaceChildren(picture);
    if (code.size > FAR) told = "The code is fine, since the text is long: it has to be read from close by.";
  } catch {
    place.replaceChildren();
    told = "The text is too long for a QR code; the link itself can be copied and sent.";
  }
  $("#qr p").textContent = told;
  $("#qr button").onclick = () => $("#qr").close();
  $("#qr").showModal();
}
