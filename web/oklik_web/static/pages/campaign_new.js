// A new campaign in three steps; the API makes the draft.
import { api, fault, words } from "./api.js";
import { differences, fill, read, settingsOf } from "./settings_form.js";

const form = document.getElementById("campaign-new");
const told = words(form);
const place = settingsOf(form);
const usual = JSON.parse(place.dataset.settings);
const name = form.elements.namedItem("name");
const standing = form.dataset.address.endsWith("standing");
let preset = usual;
let named = false;

const scenario = () => form.querySelector('[name="scenario"]:checked');
const lists = () => [...form.querySelectorAll('[name="list"]:checked')];
const who = form.elements.namedItem("who");
const only = document.getElementById("only");
const conditions = document.getElementById("conditions");

// Only lists of the scenario's project can be called by it.
function narrow() {
  const chosen = scenario();
  for (const one of form.querySelectorAll(".ok-list")) {
    const fits = !chosen || one.dataset.project === chosen.dataset.project;
    const box = one.querySelector("input");
    box.disabled = !fits;
    if (!fits) box.checked = false;
    one.classList.toggle("ok-off", !fits);
  }
  if (!named && chosen) name.value = `${chosen.dataset.name} · ${new Date().toLocaleDateString(document.documentElement.lang)}`;
}

// A saved segment belongs to one list; conditions may be said of several.
function offerWho() {
  if (!who) return;
  const chosen = lists();
  for (const one of who.querySelectorAll("[data-list]")) {
    one.hidden = one.disabled = chosen.length !== 1 || chosen[0].value !== one.dataset.list;
    if (one.selected && one.disabled) who.value = "";
  }
  only.hidden = who.value !== "only";
  if (!only.hidden && !conditions.children.length) addCondition();
}

async function addCondition() {
  const first = lists()[0];
  if (!first) {
    who.value = "";
    only.hidden = true;
    say(told.choose_list);
    return;
  }
  await window.htmx.ajax("GET", `/lists/${first.value}/condition`, { target: "#conditions", swap: "beforeend" });
}

function definition() {
  const part = (row, name) => row.querySelector(`[name="${name}"]`).value;
  return {
    conditions: [...conditions.children].map((row) => ({
      column: part(row, "c_column"),
      op: part(row, "c_op"),
      value: part(row, "c_value").trim(),
      type: part(row, "c_type"),
    })),
    match: form.elements.namedItem("match").value,
    language: document.documentElement.lang,
  };
}

// A list is counted a piece at a time, so that a long one shows how far it is.
async function count() {
  const place = document.getElementById("counted");
  fault(null);
  let n = 0;
  try {
    for (const list of lists()) {
      let after = null;
      do {
        const found = await api("POST", `/api/v1/lists/${list.value}/segments/count`, { ...definition(), after });
        n += found.count;
        after = found.next;
        place.textContent = after ? `${told.counting} ${n}` : told.counted.replace("{n}", n.toLocaleString(document.documentElement.lang));
      } while (after);
    }
  } catch (error) {
    place.textContent = "";
    fault(error, told.lost);
  }
}

function say(problem) {
  const shown = document.getElementById("fault");
  shown.textContent = problem;
  shown.hidden = false;
}

async function choosePreset() {
  const id = form.elements.namedItem("preset").value;
  try {
    const found = id ? (await api("GET", `/api/v1/presets/${id}`)).presets[0].settings : usual;
    if (form.elements.namedItem("preset").value !== id) return; // another one was chosen meanwhile
    preset = found;
    fill(place, preset);
  } catch (error) {
    fault(error, told.lost);
  }
}

name.addEventListener("input", () => (named = name.value !== ""));
form.addEventListener("change", (event) => {
  if (event.target.name === "scenario") narrow();
  if (event.target.name === "list") conditions?.replaceChildren();
  if (["scenario", "list", "who"].includes(event.target.name)) offerWho();
  if (event.target.name === "preset") choosePreset();
});
form.querySelector("[data-filter]")?.addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const one of form.querySelectorAll(event.target.dataset.filter))
    one.hidden = !one.textContent.toLowerCase().includes(wanted);
});
document.getElementById("add-condition")?.addEventListener("click", addCondition);
document.getElementById("count")?.addEventListener("click", count);
conditions?.addEventListener("click", (event) => event.target.closest("[data-drop]")?.closest(".ok-condition").remove());
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  fault(null);
  const chosen = scenario();
  const byConditions = who?.value === "only";
  const problem = !chosen
    ? told.choose_scenario
    : !standing && !lists().length
      ? told.choose_list
      : byConditions && !conditions.children.length
        ? told.choose_condition
        : null;
  if (problem) {
    say(problem);
    return;
  }
  const button = form.querySelector('[type="submit"]');
  button.disabled = true;
  const id = form.elements.namedItem("preset").value;
  const body = {
    name: name.value.trim() || chosen.dataset.name,
    project: chosen.dataset.project,
    scenario: Number(chosen.value),
    preset: id ? Number(id) : null,
    overrides: differences(read(place), preset),
  };
  if (!standing) body.lists = lists().map((one) => Number(one.value));
  if (byConditions) body.only = definition();
  else if (who?.value) body.segment = Number(who.value);
  try {
    const made = await api("POST", form.dataset.address, body);
    location.assign(form.dataset.then + made.id);
  } catch (error) {
    fault(error, told.lost);
    button.disabled = false;
  }
});
narrow();
offerWho();
choosePreset();
