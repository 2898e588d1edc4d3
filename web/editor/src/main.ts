// The entry.  All code lies in parts with fixed names of their own: the page asks for this file with its version in the
// address, and a part that asked for it without would get it a second time.
import "@xyflow/react/dist/base.css";
import "./styles.css";

void import("./start");
