// A preset is saved by the API; each save is a new version.
import { api, fault, words } from "./api.js";
import { ask } from "./ask.js";
import { read, settingsOf } from "./settings_form.js";

const form = document.getElementById("preset");
const told = words(form);
const place = settingsOf(form);
const id = form.dataset.id;

async function send(method, path, body) {
  fault(null);
  try {
    await api(method, path, body);
    location.assign("/settings/presets/");
  } catch (error) {
    if (error.status === 409 && error.problem?.version) {
      // What was typed stays; who saves once more has been told whose change it replaces.
      form.dataset.version = error.problem.version;
      error.message = `${error.message[0].toUpperCase()}${error.message.slice(1)}. ${told.over}.`;
    }
    fault(error, told.lost);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = { name: form.elements.namedItem("name").value.trim(), settings: read(place) };
  if (id) body.version = form.dataset.version;
  send(id ? "PUT" : "POST", id ? `/api/v1/presets/${id}` : "/api/v1/presets", body);
});
document.getElementById("remove")?.addEventListener("click", async (event) => {
  if (await ask(told.remove, event.currentTarget)) send("POST", `/api/v1/presets/${id}/remove`);
});
