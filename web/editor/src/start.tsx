// Draws the editor into #editor of the page.
//
// data-scenario: the number of the scenario; data-home: the address of the list; data-icons: that of the sprite;
// data-readonly: who looks may change nothing.

import { createRoot } from "react-dom/client";
import { Editor } from "./Editor";
import { loadWords } from "./texts";

const host = document.getElementById("editor");
if (host) {
  const { scenario, home = "/scenarios" } = host.dataset;
  void loadWords().then(() => createRoot(host).render(<Editor id={Number(scenario)} home={home} />));
}
