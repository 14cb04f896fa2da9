// Back from a strong connection: the form that was sent before it, filled as it was. The person sends it, or not.

import { fill, formOf, show } from "./fill.js";

async function giveFiles(form, files) {
  const chosen = new Map();
  for (const [name, filename, url] of files) {
    const answer = await fetch(url, { cache: "no-store" });
    if (!answer.ok) continue;
    const transfer = chosen.get(name) ?? new DataTransfer();
    transfer.items.add(new File([await answer.blob()], filename));
    chosen.set(name, transfer);
  }
  for (const [name, transfer] of chosen) {
    const input = form.querySelector(`input[type="file"][name="${CSS.escape(name)}"]`);
    if (!input) continue;
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

const notice = document.getElementById("saisie-gardee");
const { action, fields, files } = JSON.parse(notice.dataset.kept);
const form = formOf(action, fields);
notice.querySelector("[data-kept-found]").hidden = !form;
notice.querySelector("[data-kept-lost]").hidden = Boolean(form);
const go = notice.querySelector("[data-kept-go]");
if (form) {
  fill(form, fields);
  giveFiles(form, files);
  go.addEventListener("click", () => show(form));
} else go.hidden = true;
notice.focus();
