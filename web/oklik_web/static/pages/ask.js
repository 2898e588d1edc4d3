// One dialog for everything that is asked before it is done: the base template holds it, this opens it.
//
//   if (await ask(question, button)) ...       the button's own words are the answer "yes"
//
// <form data-confirm="..."> is asked here as well.  The browser itself keeps the keyboard inside and gives it back.
const label = (button) => button?.textContent.trim() || button?.getAttribute("aria-label")?.split(":")[0] || "";

export function ask(question, button) {
  const dialog = document.getElementById("ask-template").content.firstElementChild.cloneNode(true);
  const yes = dialog.querySelector('[value="yes"]');
  dialog.querySelector("#ask-question").textContent = question;
  yes.textContent = label(button) || yes.textContent;
  if (button?.classList.contains("btn-primary")) yes.classList.replace("btn-danger", "btn-primary");
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue === "yes");
    });
  });
}

const agreed = new WeakSet();
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!form.dataset.confirm || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    if (!(await ask(form.dataset.confirm, button))) return;
    agreed.add(form);
    form.requestSubmit(button);
  },
  true,
);
