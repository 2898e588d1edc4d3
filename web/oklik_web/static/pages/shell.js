// What every page does: the choice of light and dark, tooltips, the CSRF token of htmx's requests, forms sent once.
import "./ask.js"; // first, so that a form is asked about before it counts as sent
const YEAR_S = 365 * 24 * 3600;
const system = matchMedia("(prefers-color-scheme: dark)");

function show(theme) {
  const dark = theme === "dark" || (theme === "auto" && system.matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  for (const button of document.querySelectorAll("[data-theme]"))
    button.setAttribute("aria-pressed", String(button.dataset.theme === theme));
}

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-theme]");
  if (!chosen) return;
  const theme = chosen.dataset.theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=${theme === "auto" ? 0 : YEAR_S}; SameSite=Lax${secure}`;
  show(theme);
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.querySelector('meta[name="csrf-token"]').content;
});

// Who typed into a search before the page's scripts were there is heard too; so is a text the browser kept on a way back.
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) return;
  for (const field of document.querySelectorAll("input[type=search]"))
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
});

// A second click on a slow evening sends nothing twice; <form data-again> gives a file, and the page stays.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || "again" in form.dataset) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Copies the text of another element: <button data-copy="#id" data-copied="...">.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  if (navigator.clipboard) await navigator.clipboard.writeText(source.value ?? source.textContent);
  else {
    source.select();
    document.execCommand("copy"); // a page without https has no other way
  }
  button.lastChild.textContent = ` ${button.dataset.copied}`;
});
