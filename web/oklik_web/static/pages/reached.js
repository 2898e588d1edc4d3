// Loads what opens menus and shows hints when somebody first reaches for one: a page that is large anyway is there sooner.
const REACHED = "[data-bs-toggle], [data-bs-dismiss]";
let loading = null;
let there = false;

function load() {
  loading ??= new Promise((done) => {
    const script = document.createElement("script");
    script.src = document.querySelector("script[data-behaviour]").dataset.behaviour;
    script.onload = () => {
      there = true;
      done();
    };
    script.onerror = () => {
      loading = null; // the line was gone for a moment: the next one who reaches asks again
      script.remove();
    };
    document.head.append(script);
  });
  return loading;
}

for (const kind of ["pointerover", "focusin"])
  document.addEventListener(kind, (event) => {
    if (!there && event.target.closest?.(REACHED)) void load();
  });

// A click that was quicker than the line is done again.
document.addEventListener(
  "click",
  async (event) => {
    const on = event.target.closest(REACHED);
    if (there || !on) return;
    event.preventDefault();
    event.stopPropagation();
    await load();
    on.click();
  },
  { capture: true },
);
