// Charts of results: each a card with its numbers as a table beside, drawn by the library that the pages have.
/* global Chart */
import { h } from "./api.js";

const charts = new Map();

// A colour of the theme as a canvas takes it, whatever it is mixed of.
function look(name) {
  const probe = document.body.appendChild(h("i", { hidden: "" }));
  probe.style.color = `var(${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

const share = (n, total) => (total ? Math.round((100 * n) / total) : 0);

// What each bar stands for stands at its end, so that no grid is needed to read it.
const ends = {
  id: "ends",
  afterDatasetsDraw(chart, _, { told }) {
    if (!told) return;
    const { ctx } = chart, along = chart.options.indexAxis === "y";
    ctx.save();
    ctx.fillStyle = look("--tblr-body-color");
    ctx.font = `500 12px ${Chart.defaults.font.family}`;
    ctx.textBaseline = along ? "middle" : "bottom";
    ctx.textAlign = along ? "left" : "center";
    chart.getDatasetMeta(0).data.forEach((bar, at) => {
      const text = told(chart.data.datasets[0].data[at]);
      if (text) ctx.fillText(text, bar.x + (along ? 6 : 0), bar.y - (along ? 0 : 3));
    });
    ctx.restore();
  },
};

function draw(canvas, config) {
  charts.get(canvas)?.destroy();
  Object.assign(Chart.defaults, { color: look("--tblr-secondary"), borderColor: look("--of-grid"), animation: false, maintainAspectRatio: false });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  charts.set(canvas, new Chart(canvas, config));
}

// Forget charts whose canvas is no longer on the page.
export function tidy() {
  for (const [canvas, chart] of charts)
    if (!canvas.isConnected) {
      chart.destroy();
      charts.delete(canvas);
    }
}

const quiet = { grid: { display: false }, border: { display: false } };

// Lying bars, one an answer: for words, which need room.
function lying(canvas, pairs, language, choose) {
  const total = pairs.reduce((sum, [, n]) => sum + n, 0), most = Math.max(1, ...pairs.map(([, n]) => n));
  const shown = (n) => `${n.toLocaleString(language)} · ${share(n, total)} %`;
  canvas.parentElement.style.height = `${30 * pairs.length + 12}px`;
  draw(canvas, {
    type: "bar",
    plugins: [ends],
    data: { labels: pairs.map(([title]) => title), datasets: [{ data: pairs.map(([, n]) => n), backgroundColor: look("--of-bar"), borderRadius: 3, maxBarThickness: 16, minBarLength: 2 }] },
    options: {
      indexAxis: "y",
      layout: { padding: { right: 88 } },
      onClick: choose && ((_, found) => found.length && choose(found[0].index)),
      plugins: { legend: { display: false }, ends: { told: shown }, tooltip: { callbacks: { label: (one) => shown(one.parsed.x) } } },
      scales: {
        x: { ...quiet, display: false, beginAtZero: true, max: most },
        y: { ...quiet, ticks: { color: look("--tblr-body-color"), autoSkip: false, callback(at) { const text = this.getLabelForValue(at); return text.length > 30 ? `${text.slice(0, 29)}…` : text; } } },
      },
    },
  });
}

// Standing bars in an order that means something: marks of a scale, steps of numbers, days.
function standing(canvas, pairs, language, choose, title) {
  const total = pairs.reduce((sum, [, n]) => sum + n, 0);
  canvas.parentElement.style.height = "190px";
  const few = pairs.length <= 14;
  draw(canvas, {
    type: "bar",
    plugins: [ends],
    data: { labels: pairs.map(([label]) => label), datasets: [{ data: pairs.map(([, n]) => n), backgroundColor: look("--of-bar"), borderRadius: 3, maxBarThickness: 44, categoryPercentage: 0.92 }] },
    options: {
      layout: { padding: { top: 18 } },
      onClick: choose && ((_, found) => found.length && choose(found[0].index)),
      plugins: {
        legend: { display: false },
        ends: { told: few ? (n) => (n ? n.toLocaleString(language) : "") : null },
        tooltip: { callbacks: { label: (one) => `${one.parsed.y.toLocaleString(language)} · ${share(one.parsed.y, total)} %` } },
      },
      scales: {
        x: { ...quiet, title: { display: Boolean(title), text: title }, ticks: { color: look("--tblr-body-color"), maxRotation: 0, autoSkipPadding: 12 } },
        y: { ...quiet, display: !few, beginAtZero: true, ticks: { precision: 0, maxTicksLimit: 4 }, grid: { display: !few, color: look("--of-grid"), drawTicks: false } },
      },
    },
  });
}

function stacked(canvas, labels, sets) {
  canvas.parentElement.style.height = "250px";
  draw(canvas, {
    type: "bar",
    data: { labels, datasets: sets.map(([label, data, colour]) => ({ label, data, backgroundColor: look(colour), borderRadius: 2, maxBarThickness: 28 })) },
    options: {
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } } },
      scales: {
        x: { ...quiet, stacked: true, ticks: { maxRotation: 0, autoSkipPadding: 16 } },
        y: { stacked: true, beginAtZero: true, border: { display: false }, grid: { color: look("--of-grid"), drawTicks: false }, ticks: { precision: 0, maxTicksLimit: 5, padding: 6 } },
      },
    },
  });
}

const number = (value, language) => value.toLocaleString(language, { maximumFractionDigits: 2 });

// An answer's bars as [label, count, value], and whether they stand in an order.  Shared with the live page.
export function pairsOf(question, language, other) {
  const day = (iso) => new Date(`${iso}T12:00:00Z`).toLocaleDateString(language, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
  if (question.days.length) return { ordered: question.days.length <= 31, pairs: question.days.map((one) => [day(one.day), one.count, one.day]) };
  if (question.bars.length)
    return {
      ordered: true,
      pairs: question.bars.map((one) => [one.low === one.high ? number(one.low, language) : `${number(one.low, language)}–${number(one.high, language)}`, one.count, one.low === one.high ? String(one.low) : null]),
    };
  const shown = question.values.filter((one) => one.count || question.kind === "choice" || question.scale);
  return { ordered: question.scale, pairs: shown.map((one) => [one.value === "…" ? other : one.label, one.count, one.value === "…" ? null : one.value]) };
}

export class Charts {
  constructor(say, language, zone) {
    Object.assign(this, { say, language, zone });
  }

  // A card: title, picture, and the same as a table when asked for.
  card(where, title, { note = "", total = "", rows, heads, paint, empty }) {
    const body = h("div", { class: "card-body" });
    const actions = h("div", { class: "card-actions d-flex align-items-center gap-2" }, h("span", { class: "text-secondary text-nowrap" }, total));
    const name = h("div", {}, h("h2", { class: "card-title of-question", title }, title), note ? h("div", { class: "text-secondary small" }, note) : null);
    where.replaceChildren(h("section", { class: "card h-100" }, h("div", { class: "card-header" }, name, actions), body));
    if (empty) {
      body.append(h("div", { class: "of-empty" }, h("div", { class: "fw-medium" }, empty[0]), h("div", { class: "text-secondary small" }, empty[1])));
      return;
    }
    const canvas = h("canvas", { role: "img", "aria-label": `${title}: ${rows.map((row) => row.join(" ")).join("; ")}` });
    const picture = h("div", { class: "of-chart" }, canvas);
    const table = h("div", { class: "table-responsive", hidden: "" }, h("table", { class: "table table-sm mb-0" },
      h("thead", {}, h("tr", {}, ...heads.map((one, at) => h("th", at ? { class: "number" } : {}, one)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell, at) => h("td", { class: at ? "number" : "ok-wrap" }, cell)))))));
    const button = h("button", { type: "button", class: "btn btn-icon btn-sm btn-ghost-secondary", "aria-pressed": "false", "aria-label": `${this.say("as_table")}: ${title}`, title: this.say("as_table") }, this.icon("table"));
    button.addEventListener("click", () => {
      const numbers = table.hidden;
      table.hidden = !numbers;
      picture.hidden = numbers;
      button.setAttribute("aria-pressed", String(numbers));
      button.title = this.say(numbers ? "as_chart" : "as_table");
    });
    actions.append(button);
    body.append(picture, table);
    paint(canvas);
  }

  icon(name) {
    const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${document.getElementById("results").dataset.icons}#tabler-${name}`);
    svg.append(use);
    return svg;
  }

  counts(pairs) {
    const total = pairs.reduce((sum, [, n]) => sum + n, 0);
    return pairs.map(([label, n]) => [label, n.toLocaleString(this.language), `${share(n, total)} %`]);
  }

  outcomes(where, found, choose) {
    const pairs = found.map((one) => [one.title, one.count]);
    const total = pairs.reduce((sum, [, n]) => sum + n, 0);
    this.card(where, where.dataset.title, {
      total: total ? this.say("calls_n", { n: total }) : "",
      rows: this.counts(pairs),
      heads: [where.dataset.title, this.say("count"), this.say("share")],
      empty: pairs.length ? null : [this.say("no_calls"), this.say("no_calls_hint")],
      paint: (canvas) => lying(canvas, pairs, this.language, (at) => choose(found[at].code)),
    });
  }

  // Hours; of campaigns that took longer than four days, days of the campaign's zone.
  hours(where, found) {
    const long = found.length > 96;
    const options = long ? { day: "2-digit", month: "2-digit" } : { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" };
    const sums = new Map();
    for (const one of found) {
      const label = new Date(one.hour).toLocaleString(this.language, { timeZone: this.zone, ...options });
      const sum = sums.get(label) ?? [0, 0];
      sums.set(label, [sum[0] + one.answered, sum[1] + one.attempts - one.answered]);
    }
    const labels = [...sums.keys()], all = [...sums.values()];
    this.card(where, where.dataset.title, {
      rows: labels.map((label, at) => [label, ...all[at].map((n) => n.toLocaleString(this.language))]),
      heads: [where.dataset.title, this.say("answered"), this.say("unanswered")],
      empty: labels.length ? null : [this.say("no_calls"), this.say("no_calls_hint")],
      paint: (canvas) => stacked(canvas, labels, [[this.say("answered"), all.map(([n]) => n), "--of-bar"], [this.say("unanswered"), all.map(([, n]) => n), "--of-rest"]]),
    });
  }

  question(where, one, choose) {
    const { ordered, pairs } = pairsOf(one, this.language, this.say("other"));
    const parts = [];
    if (one.text && one.text !== one.title) parts.push(one.text);
    if (!one.asked) parts.push(this.say("noted"));
    if (one.kind === "voice" && one.total) parts.push(this.say("voice", { n: one.total, mean: number(one.mean ?? 0, this.language) }));
    else if (one.mean !== null) {
      const mean = number(one.mean, this.language), median = number(one.median, this.language);
      parts.push(one.scale ? this.say("mean", { n: mean }) : this.say("mean_median", { mean, median }));
    }
    const pick = choose && ((at) => pairs[at][2] !== null && one.kind !== "voice" && choose(one, pairs[at][2], pairs[at][0]));
    this.card(where, one.title, {
      note: parts.join(" · "),
      total: one.total ? this.say("answers_n", { n: one.total }) : "",
      rows: this.counts(pairs),
      heads: [this.say("answer"), this.say("count"), this.say("share")],
      empty: one.total && pairs.length ? null : [this.say("none"), this.say("none_hint")],
      paint: (canvas) =>
        ordered
          ? standing(canvas, pairs, this.language, pick, one.kind === "voice" ? this.say("seconds_axis") : "")
          : lying(canvas, pairs, this.language, pick),
    });
  }
}
