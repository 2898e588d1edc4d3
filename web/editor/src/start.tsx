// Draws the editor, or the list of scenarios, into #editor of the page.
//
// data-scenario: the number of the scenario; without it the list.  data-home: the address of the list.

import "@xyflow/react/dist/base.css";
import { createRoot } from "react-dom/client";
import { Editor } from "./Editor";
import { Home } from "./home/Home";

const host = document.getElementById("editor");
if (host) {
  const { scenario, home = "/scenarios" } = host.dataset;
  createRoot(host).render(scenario ? <Editor id={Number(scenario)} home={home} /> : <Home home={home} />);
}
