// A campaign as it goes: server-sent events in, figures and lists out; buttons are requests to the API.
import { api, fault, h, pause, Refused, words } from "./api.js";
import { ask } from "./ask.js";
import { pairsOf } from "./result_charts.js";

const root = document.getElementById("live");
const told = words(root);
const id = root.dataset.id;
const base = `/api/v1/campaigns/${id}`;
const LOOKS = { draft: "secondary", running: "green", paused: "yellow", done: "blue", stopped: "red" };
const PATIENCE_MS = 8000;
const shown = (value) => value.toLocaleString(root.dataset.language);
const place = (name) => root.querySelector(`[data-live="${name}"]`);
const moment = (text, zone) =>
  new Date(text).toLocaleString(root.dataset.language, { dateStyle: "short", timeStyle: "short", timeZone: zone });
let state = null;

function draw(live) {
  for (const name of ["done", "contacts", "calling", "talking", "waiting", "attempts", "answered", "pace"])
    place(name).textContent = shown(live[name]);
  place("waiting").textContent = shown(live.waiting + live.preparing);
  place("headline").textContent !== live.headline && (place("headline").textContent = live.headline);
  const badge = place("state_words");
  badge.textContent = told.states[live.state];
  badge.className = `badge ok-state bg-${LOOKS[live.state]}-lt`;
  place("bar").max = live.contacts || 1;
  place("bar").value = live.done;
  pilot(live.pilot);
  entries(live);
  bars(place("outcomes"), live.outcomes.map((one) => [one.title, one.count]));
  questions(live.questions);
  causes(live.causes);
  const over = live.pilot?.over ? "pilot" : live.state;
  for (const button of document.querySelectorAll("[data-when]")) {
    const wanted = button.dataset.when.split(" ");
    button.hidden = !(wanted.includes(live.state) || wanted.includes(over)) || (over === "pilot" && button.dataset.do === "resume");
  }
  if (live.pilot && !live.pilot.over) document.querySelector('[data-do="go-on"]')?.removeAttribute("hidden");
  const draft = root.querySelector("[data-draft]");
  if (draft) draft.hidden = live.state !== "draft";
  state = live.state;
}

function pilot(found) {
  const badge = place("pilot");
  badge.hidden = !found;
  if (!found) return;
  const left = told.pilot_left.replace("{n}", shown(found.left));
  badge.textContent = `${found.over ? told.pilot_over : told.pilot_on.replace("{n}", shown(found.size))} · ${left}`;
}

function entries(live) {
  const closed = new Set(["reached", "unreached", "calling", "outside"]);
  const rows = live.entries.filter((one) => !closed.has(one.section)).map((one) => {
    const next = one.next_at ? `, ${told.next.replace("{at}", moment(one.next_at, live.zone))}` : "";
    return h("div", { class: "list-group-item" },
      h("div", { class: "d-flex justify-content-between gap-3" },
        h("span", { class: "ok-wrap" }, one.sentence), h("span", { class: "ok-number fw-medium" }, shown(one.count))),
      h("div", { class: "text-secondary small ok-wrap" }, `${one.title}${next} → ${one.advice}`));
  });
  put(place("entries"), rows, "list-group-item text-secondary");
}

function causes(found) {
  const rows = found.map((one) =>
    h("div", { class: "list-group-item" },
      h("div", { class: "d-flex justify-content-between gap-3" },
        h("span", {}, h("span", { class: one.trouble ? "ok-danger fw-medium" : "" }, one.title), " ", h("code", { class: "small" }, one.code)),
        h("span", { class: "ok-number fw-medium" }, shown(one.count))),
      h("div", { class: "text-secondary small" }, `→ ${one.advice}`)));
  put(place("causes"), rows, "list-group-item text-secondary");
}

function questions(found) {
  const asked = found.filter((one) => one.asked || one.total);
  const rows = asked.map((one) => {
    const body = h("div", {});
    const values = pairsOf(one, root.dataset.language, "…").pairs;
    if (one.total && values.length) bars(body, values);
    else body.append(h("p", { class: "text-secondary" }, one.total ? shown(one.total) : told.none));
    return h("div", { class: "mb-3" }, h("h3", { class: "h4 mb-2 ok-wrap" }, one.title), body);
  });
  put(place("questions"), rows, "text-secondary");
}

function bars(where, pairs) {
  const total = pairs.reduce((sum, [, n]) => sum + n, 0);
  const rows = pairs.map(([title, n]) => {
    const share = total ? Math.round((100 * n) / total) : 0;
    return h("div", { class: "ok-row" },
      h("span", { class: "ok-wrap" }, title),
      h("progress", { class: "progress progress-sm", max: total || 1, value: n, "aria-label": title }),
      h("span", { class: "ok-number" }, `${shown(n)} · ${share} %`));
  });
  put(where, rows, "text-secondary");
}

function put(where, rows, look) {
  const empty = where.dataset.empty ?? "";
  where.replaceChildren(...(rows.length ? rows : [h("div", { class: look }, empty)]));
}

function watch() {
  const events = new EventSource(`${base}/live/events`);
  const status = place("connection");
  events.onmessage = (event) => {
    const live = JSON.parse(event.data);
    draw(live);
    status.textContent = live.left ? told.counting.replace("{n}", shown(live.left)) : told.live;
  };
  events.onerror = () => {
    status.textContent = told.lost;
    // Closed for good: a stream cannot say why, the address that gives the same once can.
    if (events.readyState === EventSource.CLOSED) api("GET", `${base}/live`).catch((error) => fault(error, told.error));
  };
  addEventListener("pagehide", () => events.close());
}

// -- buttons ------------------------------------------------------------------------------------------------

async function command(kind) {
  const asked = await api("POST", `${base}/${kind}`);
  for (let waited = 0; waited < PATIENCE_MS; waited += 300) {
    await pause(300);
    const found = await api("GET", `/api/v1/campaigns/commands/${asked.id}`);
    if (found.result === "done") {
      draw(await api("GET", `${base}/live`)); // at once, and not when the stream looks next
      return;
    }
    if (found.result !== null) throw new Refused({ detail: told.not_done }, 409);
  }
  document.getElementById("fault").textContent = told.no_dialer;
  document.getElementById("fault").hidden = false;
}

async function ring() {
  const line = root.querySelector("[data-order]");
  let order = await api("POST", "/api/v1/calls", { kind: "test", campaign: Number(id), number: document.getElementById("phone").value });
  for (;;) {
    line.textContent = [told.order[order.state], order.sentence && order.state !== "done" ? order.sentence : ""].filter(Boolean).join(": ");
    if (order.over) return;
    await pause(1000);
    order = await api("GET", `/api/v1/calls/${order.id}`);
  }
}

const DO = {
  pause: () => command("pause"),
  resume: () => command("resume"),
  stop: () => command("stop"),
  ring,
  start: () => api("POST", `${base}/start`),
  pilot: () => api("POST", `${base}/pilot`, { size: Number(document.getElementById("size").value) || null }),
  "go-on": () => api("POST", `${base}/go-on`),
  copy: async () => location.assign(`/campaigns/${(await api("POST", `${base}/copy`, {})).id}`),
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-do]");
  if (!button || (button.dataset.confirm && !(await ask(button.dataset.confirm, button)))) return;
  fault(null);
  button.disabled = true;
  try {
    await DO[button.dataset.do]();
  } catch (error) {
    fault(error, told.error);
  } finally {
    button.disabled = false;
  }
});

watch();
