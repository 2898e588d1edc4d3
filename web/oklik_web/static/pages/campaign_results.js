// Results of a campaign: filters kept in the address, charts, the way through the scenario, calls, reports as files.
import { api, fault, h, pause } from "./api.js";
import { speaker } from "./phrases.js";
import { Charts, tidy } from "./result_charts.js";
import { Rows } from "./result_rows.js";

const root = document.getElementById("results");
const language = root.dataset.language, zone = root.dataset.zone;
const say = speaker(JSON.parse(root.dataset.words), language);
const base = `/api/v1/campaigns/${root.dataset.id}`;
const filter = document.getElementById("filter");
const charts = new Charts(say, language, zone);
const rows = new Rows(root, { say, language, zone, base, query, keep, told: (node) => shown?.funnel.find((one) => one.node === node)?.title ?? node, asked: () => shown?.questions.map((one) => one.name) ?? [] });
const FIELDS = ["since", "until", "who", "value", "version"];
let shown = null, drawing = null, documents = new Map(), asked = 0;

// -- the filter, which stands in the address ------------------------------------------------------------------

// "2026-11-24T10:00" by the clock of the campaign's zone as an instant.
function instant(local) {
  const wall = new Date(`${local}Z`);
  const there = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const offset = (at) => {
    const parts = Object.fromEntries(there.formatToParts(at).map((one) => [one.type, one.value]));
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - at.getTime();
  };
  const first = new Date(wall.getTime() - offset(wall));
  return new Date(wall.getTime() - offset(first)); // once more, where the clock was changed in between
}

function wanted() {
  const told = {};
  for (const name of FIELDS) told[name] = filter.elements[name].value.trim();
  return told;
}

function parameters() {
  const given = wanted(), fields = {};
  for (const name of ["since", "until"]) if (given[name]) fields[name] = instant(given[name]).toISOString();
  if (given.who.startsWith("s")) fields.segment = Number(given.who.slice(1));
  else if (given.who) Object.assign(fields, { column: given.who.slice(1), value: given.value });
  if (given.version) fields.version = Number(given.version);
  return fields;
}

function query(more = {}) {
  return new URLSearchParams({ ...parameters(), ...more }).toString();
}

function keep() {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...wanted(), ...rows.wanted() })) if (value) fields.set(name, value);
  const text = fields.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}

function restore() {
  const fields = new URLSearchParams(location.search);
  for (const name of FIELDS) filter.elements[name].value = fields.get(name) ?? "";
  for (const name of ["who", "version"]) if (filter.elements[name].selectedIndex < 0) filter.elements[name].value = "";
  rows.restore(fields);
  column();
}

function column() {
  document.getElementById("value-field").hidden = !filter.elements.who.value.startsWith("c");
}

// -- charts and the way through the scenario -------------------------------------------------------------------

function questions(found) {
  const where = root.querySelector("[data-questions]");
  const asked = found.filter((one) => one.asked || one.total);
  while (where.children.length > asked.length) where.lastChild.remove();
  while (where.children.length < asked.length) where.append(h("div", { class: "col-lg-6" }));
  asked.forEach((one, at) => charts.question(where.children[at], one, (question, value, label) => rows.only({ question: question.name, answer: value, label })));
}

function table(found) {
  const most = Math.max(1, ...found.map((one) => one.entered));
  root.querySelector("[data-funnel]").replaceChildren(...found.map((one) => {
    const exits = one.exits.filter((exit) => exit.count).sort((a, b) => b.count - a.count);
    const went = exits.length
      ? exits.map((exit) => h("div", {}, `${exit.title} → ${found.find((other) => other.node === exit.to)?.title ?? exit.to ?? "—"} `, h("span", { class: "text-secondary ok-number" }, exit.count.toLocaleString(language))))
      : [h("span", { class: "text-secondary" }, "—")];
    const middle = one.hung_up ? say("half_by", { n: one.hung_up_second }) : "";
    return h("tr", {},
      h("td", {}, h("span", { class: "fw-medium ok-wrap" }, one.title), h("div", { class: "text-secondary small" }, one.title === one.kind_title ? one.node : one.kind_title)),
      h("td", { class: "number" }, one.entered.toLocaleString(language), h("progress", { class: "progress progress-sm", max: most, value: one.entered, "aria-hidden": "true" })),
      h("td", {}, ...went),
      h("td", { class: `number ${one.hung_up ? "of-gone" : "text-secondary"}` }, one.hung_up.toLocaleString(language), middle ? h("div", { class: "small text-secondary" }, middle) : null),
      h("td", { class: "text-secondary small" }, one.seconds.map((second) => `${second.second}: ${second.count.toLocaleString(language)}`).slice(0, 12).join(", ")));
  }));
}

async function draw(found) {
  const place = root.querySelector("[data-drawing-place]");
  if (place.hidden) return;
  const key = found.version;
  if (!documents.has(key)) documents.set(key, Promise.all([api("GET", "/api/v1/node-kinds"), api("GET", `/api/v1/scenarios/${found.scenario_id}/versions/${key}`)]));
  const [[kinds, version], part] = await Promise.all([documents.get(key), import(root.dataset.drawing)]);
  if (found !== shown) return;
  drawing ??= await part.show(place, { say, language, pick: (choice) => rows.only(choice) });
  drawing({ document: version.document, kinds, stages: found.funnel, answered: found.answered });
}

// -- all of it ----------------------------------------------------------------------------------------------

function left(found) {
  const place = document.getElementById("left");
  place.hidden = !found.left;
  if (!found.left) return;
  const done = found.attempts + found.returned, of = done + found.left;
  place.querySelector("[data-left]").textContent = say("left", { done, of });
  place.querySelector("progress").value = done / of;
}

async function load() {
  const mine = ++asked;
  fault(null);
  root.setAttribute("aria-busy", "true");
  try {
    const found = await api("GET", `${base}/results?${query()}`);
    if (mine !== asked) return;
    shown = found;
    paint();
    if (found.left) setTimeout(() => mine === asked && load(), 3000);
  } catch (error) {
    if (mine === asked) fault(error, say("lost"));
  } finally {
    root.removeAttribute("aria-busy");
  }
}

function paint() {
  for (const name of ["attempts", "answered"]) root.querySelector(`[data-result="${name}"]`).textContent = shown[name].toLocaleString(language);
  root.querySelector('[data-result="talk_time"]').textContent = length(shown.talk_s);
  left(shown);
  charts.outcomes(root.querySelector('[data-chart="outcomes"]'), shown.outcomes, (code) => rows.outcome(code));
  charts.hours(root.querySelector('[data-chart="hours"]'), shown.hours);
  questions(shown.questions);
  table(shown.funnel);
  tidy();
  rows.names();
  draw(shown).catch((error) => fault(error, say("lost")));
}

async function show() {
  keep();
  await load(); // rows name steps and order answers as these are
  rows.load();
}

function length(seconds) {
  const whole = Math.round(seconds), two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(whole / 3600).toLocaleString(language)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

async function file(button) {
  const line = document.getElementById("file");
  line.hidden = false;
  line.textContent = say("file");
  button.disabled = true;
  try {
    let report = await api("POST", `${base}/reports`, { kind: button.dataset.file, ...parameters() });
    while (!report.ready && report.state !== "failed") {
      await pause(500);
      report = await api("GET", `/api/v1/campaigns/reports/${report.id}`);
      line.textContent = `${say("file")} ${Math.round(100 * report.progress)} %`;
    }
    if (report.state === "failed") line.textContent = say("file_failed");
    else {
      line.hidden = true;
      location.assign(`/api/v1/campaigns/reports/${report.id}/file`);
    }
  } catch (error) {
    line.hidden = true;
    fault(error, say("lost"));
  } finally {
    button.disabled = false;
  }
}

filter.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
filter.addEventListener("reset", () => setTimeout(() => {
  for (const name of FIELDS) filter.elements[name].value = "";
  column();
  show();
}));
filter.elements.who.addEventListener("change", column);
for (const button of root.querySelectorAll("[data-see]"))
  button.addEventListener("click", () => {
    const drawn = button.dataset.see === "drawing";
    root.querySelector("[data-drawing-place]").hidden = !drawn;
    root.querySelector("[data-funnel-table]").hidden = drawn;
    for (const one of root.querySelectorAll("[data-see]")) one.setAttribute("aria-pressed", String(one === button));
    for (const one of root.querySelectorAll("[data-see]")) one.classList.toggle("active", one === button);
    if (drawn && shown) draw(shown).catch((error) => fault(error, say("lost")));
  });
root.querySelector('[data-see="drawing"]').classList.add("active");
for (const button of document.querySelectorAll("[data-file]")) button.addEventListener("click", () => file(button));
new MutationObserver(() => shown && paint()).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
addEventListener("popstate", () => {
  restore();
  show();
});
restore();
show();
