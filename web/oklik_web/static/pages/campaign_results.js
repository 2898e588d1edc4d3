// Results of a campaign: charts, the way through the scenario, calls page by page, reports as files.
/* global Chart */
import { api, fault, h, pause, words } from "./api.js";

const root = document.getElementById("results");
const told = words(root);
const base = `/api/v1/campaigns/${root.dataset.id}`;
const language = root.dataset.language, zone = root.dataset.zone;
const filter = document.getElementById("filter");
const outcome = document.getElementById("outcome");
const shown = (value) => value.toLocaleString(language);
const charts = new Map();
let next = null;

// A colour of the theme as a canvas takes it, whatever it is mixed of.
function look(name) {
  const probe = document.body.appendChild(h("i", { hidden: "" }));
  probe.style.color = `var(${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function query(more = {}) {
  const fields = new URLSearchParams(more);
  const given = new FormData(filter);
  for (const name of ["since", "until"])
    if (given.get(name)) fields.set(name, new Date(given.get(name)).toISOString());
  if (given.get("column")) {
    fields.set("column", given.get("column"));
    fields.set("value", given.get("value"));
  }
  return fields.toString();
}

// -- charts -------------------------------------------------------------------------------------------------

function chart(canvas, config) {
  charts.get(canvas)?.destroy();
  const grid = look("--tblr-border-color"), ink = look("--tblr-secondary");
  Object.assign(Chart.defaults, { color: ink, borderColor: grid, animation: false, maintainAspectRatio: false });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  charts.set(canvas, new Chart(canvas, config));
}

function barChart(canvas, pairs) {
  const total = pairs.reduce((sum, [, n]) => sum + n, 0);
  canvas.parentElement.style.height = `${Math.max(90, 34 * pairs.length + 34)}px`;
  chart(canvas, {
    type: "bar",
    data: { labels: pairs.map(([title]) => title), datasets: [{ data: pairs.map(([, n]) => n), backgroundColor: look("--tblr-primary"), maxBarThickness: 22 }] },
    options: {
      indexAxis: "y",
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (one) => `${shown(one.parsed.x)} · ${total ? Math.round((100 * one.parsed.x) / total) : 0} %` } },
      },
      scales: {
        x: { beginAtZero: true, ticks: { precision: 0 } },
        y: { grid: { display: false }, ticks: { callback(at) { const text = this.getLabelForValue(at); return text.length > 28 ? `${text.slice(0, 27)}…` : text; } } },
      },
    },
  });
}

function hourChart(canvas, hours) {
  canvas.parentElement.style.height = "260px";
  const labels = hours.map((one) => new Date(one.hour).toLocaleString(language, { timeZone: zone, day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" }));
  const line = (label, data, colour) => ({ label, data, backgroundColor: colour, maxBarThickness: 28 });
  chart(canvas, {
    type: "bar",
    data: { labels, datasets: [line(told.answered, hours.map((one) => one.answered), look("--tblr-primary")), line(told.unanswered, hours.map((one) => one.attempts - one.answered), look("--tblr-gray-400"))] },
    options: {
      plugins: { legend: { position: "bottom" } },
      scales: { x: { stacked: true, grid: { display: false } }, y: { stacked: true, beginAtZero: true, ticks: { precision: 0 } } },
    },
  });
}

function questions(found) {
  const where = root.querySelector("[data-questions]");
  for (const canvas of where.querySelectorAll("canvas")) {
    charts.get(canvas)?.destroy();
    charts.delete(canvas);
  }
  where.replaceChildren();
  for (const one of found) {
    const values = one.values.filter((value) => value.count || one.kind === "choice");
    const body = h("div", { class: "card-body" });
    where.append(h("div", { class: "col-lg-6" }, h("section", { class: "card h-100" },
      h("div", { class: "card-header" }, h("h2", { class: "card-title" }, one.title), h("div", { class: "card-actions text-secondary ok-number" }, shown(one.total))), body)));
    if (!one.total || !values.length) {
      body.append(h("p", { class: "text-secondary mb-0" }, one.total ? shown(one.total) : told.none));
      continue;
    }
    const canvas = h("canvas", { role: "img", "aria-label": `${one.title}: ${values.map((value) => `${value.label} ${value.count}`).join(", ")}` });
    body.append(h("div", { class: "ok-chart" }, canvas));
    barChart(canvas, values.map((value) => [value.label, value.count]));
  }
}

// -- tables -------------------------------------------------------------------------------------------------

function funnel(found) {
  const most = Math.max(1, ...found.map((one) => one.entered));
  root.querySelector("[data-funnel]").replaceChildren(...found.map((one) => {
    const exits = one.exits.filter((exit) => exit.count).sort((a, b) => b.count - a.count);
    const went = exits.length
      ? exits.map((exit) => h("div", {}, `${exit.exit} → ${exit.to ?? "—"} `, h("span", { class: "text-secondary ok-number" }, shown(exit.count))))
      : [h("span", { class: "text-secondary" }, "—")];
    const middle = one.hung_up ? told.second.replace("{n}", shown(one.hung_up_second)) : "";
    return h("tr", {},
      h("td", {}, h("span", { class: "fw-medium ok-wrap" }, one.node), h("div", { class: "text-secondary small" }, one.kind_title)),
      h("td", { class: "number" }, shown(one.entered), h("progress", { class: "progress progress-sm", max: most, value: one.entered, "aria-hidden": "true" })),
      h("td", {}, ...went),
      h("td", { class: `number ${one.hung_up ? "ok-danger" : "text-secondary"}` }, shown(one.hung_up), middle ? h("div", { class: "small text-secondary" }, middle) : null),
      h("td", {}, seconds(one.seconds)));
  }));
}

// When people hang up in a step, second by second, as a small picture.
function seconds(found) {
  if (!found.length) return "";
  const last = Math.min(60, found.at(-1).second), width = 120, height = 28;
  const bins = new Array(last + 1).fill(0);
  for (const one of found) bins[Math.min(last, one.second)] += one.count;
  const most = Math.max(...bins), step = width / bins.length, space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries({ width, height, class: "ok-seconds", role: "img", "aria-label": found.map((one) => `${one.second}: ${one.count}`).join(", ") }))
    svg.setAttribute(name, value);
  bins.forEach((n, at) => {
    if (!n) return;
    const bar = document.createElementNS(space, "rect");
    const tall = Math.max(2, (height * n) / most);
    for (const [name, value] of Object.entries({ x: at * step, y: height - tall, width: Math.max(1, step - 1), height: tall })) bar.setAttribute(name, value);
    svg.append(bar);
  });
  return svg;
}

async function calls(fresh) {
  const where = root.querySelector("[data-calls]");
  const more = { limit: "25" };
  if (!fresh && next) more.after = next;
  if (outcome.value) more.outcome = outcome.value;
  const page = await api("GET", `${base}/attempts?${query(more)}`);
  const rows = page.attempts.map((one) => h("tr", {},
    h("td", { class: "text-nowrap" }, new Date(one.at).toLocaleString(language, { timeZone: zone, dateStyle: "short", timeStyle: "medium" })),
    h("td", { class: "text-nowrap" }, one.number),
    h("td", {}, one.outcome_title ?? "…"),
    h("td", { class: "number" }, one.talk_s === null || !one.answered ? "—" : shown(Math.round(one.talk_s))),
    h("td", { class: "text-secondary ok-wrap" }, Object.values(one.answers).join(" · "))));
  if (fresh) where.replaceChildren();
  where.append(...rows);
  if (!where.children.length)
    where.append(h("tr", {}, h("td", { colspan: "5", class: "text-center text-secondary py-4" }, `${told.no_calls}. ${told.no_calls_hint}`)));
  next = page.next;
  root.querySelector("[data-more]").hidden = next === null;
}

// -- all of it ----------------------------------------------------------------------------------------------

async function show() {
  fault(null);
  try {
    const found = await api("GET", `${base}/results?${query()}`);
    for (const name of ["attempts", "answered"]) root.querySelector(`[data-result="${name}"]`).textContent = shown(found[name]);
    root.querySelector('[data-result="talk_time"]').textContent = length(found.talk_s);
    barChart(root.querySelector('[data-chart="outcomes"]'), found.outcomes.map((one) => [one.title, one.count]));
    hourChart(root.querySelector('[data-chart="hours"]'), found.hours);
    questions(found.questions);
    funnel(found.funnel);
    await calls(true);
  } catch (error) {
    fault(error, told.lost);
  }
}

function length(seconds) {
  const whole = Math.round(seconds), two = (n) => String(n).padStart(2, "0");
  return `${shown(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

async function file(button) {
  const line = document.getElementById("file");
  line.hidden = false;
  line.textContent = told.file;
  button.disabled = true;
  try {
    let report = await api("POST", `${base}/reports`, { kind: button.dataset.file });
    while (!report.ready && report.state !== "failed") {
      await pause(500);
      report = await api("GET", `/api/v1/campaigns/reports/${report.id}`);
      line.textContent = `${told.file} ${Math.round(100 * report.progress)} %`;
    }
    if (report.state === "failed") line.textContent = told.file_failed;
    else {
      line.hidden = true;
      location.assign(`/api/v1/campaigns/reports/${report.id}/file`);
    }
  } catch (error) {
    line.hidden = true;
    fault(error, told.lost);
  } finally {
    button.disabled = false;
  }
}

filter.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
filter.addEventListener("reset", () => setTimeout(show));
outcome.addEventListener("change", () => calls(true).catch((error) => fault(error, told.lost)));
root.querySelector("[data-more] button").addEventListener("click", () => calls(false).catch((error) => fault(error, told.lost)));
for (const button of document.querySelectorAll("[data-file]")) button.addEventListener("click", () => file(button));
new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
show();
