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

async function choosePreset() {
  const id = form.elements.namedItem("preset").value;
  try {
    preset = id ? (await api("GET", `/api/v1/presets/${id}`)).presets[0].settings : usual;
    fill(place, preset);
  } catch (error) {
    fault(error, told.lost);
  }
}

name.addEventListener("input", () => (named = name.value !== ""));
form.addEventListener("change", (event) => {
  if (event.target.name === "scenario") narrow();
  if (event.target.name === "preset") choosePreset();
});
form.querySelector("[data-filter]")?.addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const one of form.querySelectorAll(event.target.dataset.filter))
    one.hidden = !one.textContent.toLowerCase().includes(wanted);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  fault(null);
  const chosen = scenario();
  const problem = !chosen ? told.choose_scenario : !standing && !lists().length ? told.choose_list : null;
  if (problem) {
    const shown = document.getElementById("fault");
    shown.textContent = problem;
    shown.hidden = false;
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
  try {
    const made = await api("POST", form.dataset.address, body);
    location.assign(form.dataset.then + made.id);
  } catch (error) {
    fault(error, told.lost);
    button.disabled = false;
  }
});
narrow();
choosePreset();
