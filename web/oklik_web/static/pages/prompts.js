// The pages of prompts: one player for all, files that are dropped or chosen, a text spoken by a voice.
const csrf = () => document.querySelector('meta[name="csrf-token"]').content;
const player = new Audio();
let playing = null;
let spoken = ""; // the text that was heard last

function stop() {
  player.pause();
  playing?.classList.remove("active");
  playing?.setAttribute("aria-pressed", "false");
  playing = null;
}

async function play(address, button) {
  stop();
  player.src = address;
  playing = button;
  button?.classList.add("active");
  button?.setAttribute("aria-pressed", "true");
  await player.play().catch(stop);
}
player.addEventListener("ended", stop);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (!button) return;
  if (button === playing) stop();
  else void play(button.dataset.play, button);
});

async function sentence(response, otherwise) {
  const told = await response.json().catch(() => ({}));
  return told.detail ?? otherwise;
}

for (const form of document.querySelectorAll("[data-upload]")) {
  const file = form.querySelector('[type="file"]');
  const said = form.querySelector("[data-said]");
  for (const kind of ["dragenter", "dragover"])
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
    if (form.reportValidity()) form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector('[type="submit"]');
    button.disabled = true;
    said.className = "mt-3 mb-0 text-secondary";
    said.textContent = form.dataset.sending;
    try {
      const headers = { "X-CSRF-Token": csrf(), "Accept-Language": document.documentElement.lang };
      const response = await fetch("/api/v1/prompts/upload", { method: "POST", headers, body: new FormData(form) });
      if (!response.ok) throw new Error(await sentence(response, form.dataset.failed));
      const made = await response.json();
      said.className = made.clipped ? "mt-3 mb-0 text-warning" : "mt-3 mb-0 text-success";
      said.textContent = made.clipped ? form.dataset.clipped : form.dataset.done;
      setTimeout(() => location.reload(), made.clipped ? 4000 : 600);
    } catch (error) {
      said.className = "mt-3 mb-0 text-danger";
      said.textContent = error instanceof TypeError ? form.dataset.failed : error.message;
      button.disabled = false;
    }
  });
}

for (const form of document.querySelectorAll("[data-speak]")) {
  const said = form.querySelector("[data-said]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    const wanted = Object.fromEntries(new FormData(form));
    if (!wanted.voice) delete wanted.voice;
    const headers = {
      "Content-Type": "application/json",
      "X-CSRF-Token": csrf(),
      "Accept-Language": document.documentElement.lang,
    };
    try {
      const response = await fetch("/api/v1/speech", { method: "POST", headers, body: JSON.stringify(wanted) });
      if (!response.ok) throw new Error(await sentence(response, form.dataset.failed));
      URL.revokeObjectURL(spoken);
      spoken = URL.createObjectURL(await response.blob());
      await play(spoken, null);
    } catch (error) {
      said.textContent = error instanceof TypeError ? form.dataset.failed : error.message;
    }
  });
}
