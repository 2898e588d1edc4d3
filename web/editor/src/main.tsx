// The island's entry: draws the editor into #editor of the page, if the page has one.
import { createRoot } from "react-dom/client";
import "@xyflow/react/dist/style.css";

const host = document.getElementById("editor");
if (host) createRoot(host).render(<div className="ok-editor" />);
