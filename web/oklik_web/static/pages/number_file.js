// A file of consents or numbers: sent to be looked at, then to be taken; files that the API gives, saved.
import { fault, h, Refused, words } from "./api.js";

const spoken = document.documentElement.lang;
const headers = () => ({
  "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
  "Accept-Language": spoken,
});

// Sends a form with its file and tells how far it is; XMLHttpRequest, for fetch does not tell.
function send(address, body, kind, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.responseType = kind;
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("error", () => failed(new Error()));
    request.addEventListener("load", async () => {
      if (request.status === 200) return done(request.response);
      const told = kind === "blob" ? JSON.parse(await request.response.text()) : request.response;
      failed(new Refused(told ?? {}, request.status));
    });
    request.send(body);
  });
}

function save(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// A button that asks the API for a file about a number.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-file-from]");
  if (!form) return;
  event.preventDefault();
  const said = form.querySelector('[role="alert"]');
  said.textContent = "";
  try {
    const answer = await fetch(form.dataset.fileFrom, {
      method: "POST",
      headers: { ...headers(), "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    if (!answer.ok) throw new Refused(await answer.json(), answer.status);
    save(await answer.blob(), form.dataset.name);
  } catch (error) {
    said.textContent = error instanceof Refused ? error.message : form.dataset.lost;
  }
});

const form = document.getElementById("number-file");
if (form) take(form);

function take(form) {
  const told = words(form);
  const at = form.dataset.at;
  const place = (id) => document.getElementById(id);
  const bar = form.querySelector("progress");
  const number = (n) => n.toLocaleString(spoken);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => number(values[name] ?? 0));

  async function ask(what, kind, saying) {
    fault(null);
    bar.hidden = false;
    bar.value = 0;
    place("said").textContent = told.sending;
    const buttons = document.querySelectorAll("#number-file button, #found button");
    for (const one of buttons) one.disabled = true;
    try {
      return await send(`${at}/${what}`, new FormData(form), kind, (part) => {
        bar.value = 100 * part;
        if (part === 1) {
          bar.removeAttribute("value"); // how long reading takes nobody knows
          place("said").textContent = saying;
        }
      });
    } catch (error) {
      fault(error, told.lost);
      return null;
    } finally {
      bar.hidden = true;
      place("said").textContent = "";
      for (const one of buttons) one.disabled = false;
    }
  }

  function verdict(row) {
    const cell = h("td", { class: "ok-verdict" });
    if (row.taken) cell.append(h("span", { class: "ok-number text-nowrap text-start d-block" }, row.numbers.join(", ")));
    if (row.consent) {
      const { purpose, source, text_version, given_at } = row.consent;
      const when = new Date(given_at).toLocaleString(spoken, { dateStyle: "short", timeStyle: "short", timeZone: form.dataset.zone });
      const parts = [told.titles[purpose] ?? purpose, when, source, text_version || told.text];
      cell.append(h("span", { class: "d-block text-secondary small" }, parts.join(" · ")));
    }
    for (const why of row.why) cell.append(h("span", { class: `d-block ${row.taken ? "text-secondary small" : "text-danger"}` }, why));
    return cell;
  }

  function show(found) {
    const section = place("found");
    place("counted").textContent = found.taken ? filled(told.found, { n: found.taken }) : told.none;
    place("wrong").textContent = found.wrong ? filled(told.wrong, { n: found.wrong }) : "";
    place("wrong-file").hidden = !found.wrong;
    place("take").hidden = !found.taken;
    const head = h("tr", {}, h("th", { class: "number" }, told.row), h("th", {}, told.verdict));
    head.append(...found.columns.map((name) => h("th", { class: "ok-wrap" }, name)));
    section.querySelector("thead").replaceChildren(head);
    const rows = found.rows.map((row) => {
      const line = h("tr", { class: row.taken ? "" : "ok-bad-row" }, h("td", { class: "number" }, String(row.row)), verdict(row));
      line.append(...found.columns.map((name) => h("td", { class: "ok-preview-cell" }, (row.cells[name] ?? "").slice(0, 60))));
      return line;
    });
    section.querySelector("tbody").replaceChildren(...rows);
    section.hidden = false;
    section.scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = await ask("preview", "json", told.reading);
    if (found) show(found);
  });
  // What was shown is no longer what would be taken.
  form.addEventListener("change", () => (place("found").hidden = true));
  place("wrong-file").addEventListener("click", async () => {
    const file = await ask("wrong.xlsx", "blob", told.reading);
    if (file) save(file, "bad-rows.xlsx");
  });
  place("take").addEventListener("click", async () => {
    const done = await ask("import", "json", told.taking);
    if (!done) return;
    place("take").hidden = true;
    const link = h("a", { class: "alert-link", href: form.dataset.back }, document.querySelector(".page-pretitle").textContent.trim());
    const alert = h("div", { class: "alert alert-success", role: "status" }, `${filled(told.done, done)} `, link);
    place("found").before(alert);
  });
}
