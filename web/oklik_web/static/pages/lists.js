// The table of a list: an edited cell gets the cursor, Escape leaves it, conditions are dropped.
document.addEventListener("htmx:afterSwap", (event) => {
  for (const field of (event.detail.target.closest("table, .ok-fields, body") ?? document).querySelectorAll("[data-focus]")) {
    field.removeAttribute("data-focus");
    field.focus();
    field.select();
  }
});

document.addEventListener("keydown", (event) => {
  const editing = event.key === "Escape" && event.target.closest(".ok-editing");
  if (editing) editing.querySelector("[data-cancel]").click();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-drop]");
  if (!button) return;
  const conditions = button.closest(".ok-conditions");
  button.closest(button.dataset.drop).remove();
  // Whoever has dropped the last condition sees the whole list again.
  if (!conditions.children.length) document.querySelector("#filter").requestSubmit();
});
