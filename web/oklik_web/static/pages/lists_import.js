// The import: a file is dropped or chosen and sent with its progress; later the work's progress comes as events.
const upload = document.querySelector("#upload");
const progress = document.querySelector("#progress");

if (upload) {
  const drop = upload.querySelector(".ok-drop");
  const field = upload.querySelector("#file");
  for (const kind of ["dragenter", "dragover"])
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("ok-over");
    });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("ok-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
  });
  field.addEventListener("change", () => field.files.length && send(field.files[0]));
}

function send(file) {
  const bar = upload.querySelector(".progress");
  const said = document.querySelector("#upload-said");
  const fault = document.querySelector("#upload-fault");
  const form = new FormData();
  form.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", upload.dataset.to);
  request.setRequestHeader("X-CSRF-Token", document.querySelector('meta[name="csrf-token"]').content);
  request.responseType = "json";
  bar.hidden = false;
  fault.textContent = "";
  said.textContent = said.dataset.sending;
  request.upload.addEventListener("progress", (event) => {
    const percent = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
    bar.firstElementChild.style.width = `${percent}%`;
    bar.setAttribute("aria-valuenow", String(percent));
    if (percent === 100) said.textContent = said.dataset.reading;
  });
  const over = (text) => {
    bar.hidden = true;
    said.textContent = "";
    fault.textContent = text;
    upload.querySelector("#file").value = "";
  };
  request.addEventListener("error", () => over(upload.dataset.broken));
  request.addEventListener("load", () => {
    if (request.status === 200) location.assign(`${upload.dataset.next}/${request.response.id}`);
    else over(request.response?.detail ?? upload.dataset.broken);
  });
  request.send(form);
}

if (progress) {
  const phase = progress.querySelector("[data-phase]");
  const rows = progress.querySelector("[data-rows]");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const events = new EventSource(progress.dataset.events);
  events.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    if (["done", "failed", "cancelled"].includes(state.state)) {
      events.close();
      location.reload();
      return;
    }
    phase.textContent = progress.dataset[state.phase || "waiting"];
    rows.textContent = state.rows ? numbers.format(state.rows) : "";
  });
}
