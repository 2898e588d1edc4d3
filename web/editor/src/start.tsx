// Draws the editor, or the list of scenarios, into #editor of the page.
//
// data-scenario: the number of the scenario; without it the list.  data-home: the address of the list.

import { createRoot } from "react-dom/client";
import { loadWords } from "./texts";

async function draw(host: HTMLElement): Promise<void> {
  const { scenario, home = "/scenarios" } = host.dataset;
  const words = loadWords();
  if (scenario) {
    const [{ Editor }] = await Promise.all([import("./Editor"), words]);
    createRoot(host).render(<Editor id={Number(scenario)} home={home} />);
  } else {
    const [{ Home }] = await Promise.all([import("./home/Home"), words]);
    createRoot(host).render(<Home home={home} />);
  }
}

const host = document.getElementById("editor");
if (host) void draw(host);
