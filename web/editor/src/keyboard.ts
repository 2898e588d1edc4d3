// The editor's keys; while something is being typed or a dialog is open they belong to that.

import { useEffect } from "react";
import * as actions from "./canvas/actions";
import { isTyping } from "./simulator/Keypad";
import { save } from "./store/autosave";
import { goTo, open, redo, select, show, undo, useEditor } from "./store/editor";
import type { Point } from "./model/document";

interface Commands {
  search: () => void;
  fit: () => void;
  middle: () => Point;
}

export function useKeyboard({ search, fit, middle }: Commands): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (document.querySelector("dialog[open]")) return;
      const command = event.ctrlKey || event.metaKey;
      // By the place of the key, so that a Russian keyboard does the same.
      const done = command ? withCommand(event, search) : plainKey(event, fit, search);
      if (done) event.preventDefault();
    };
    const copy = (event: ClipboardEvent, cut: boolean) => {
      if (
        isTyping(event.target) ||
        document.querySelector("dialog[open]") ||
        !window.getSelection()?.isCollapsed
      )
        return;
      const text = actions.copied();
      if (!text || !event.clipboardData) return;
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      if (cut) actions.remove(useEditor.getState().selected);
    };
    const onCopy = (event: ClipboardEvent) => copy(event, false);
    const onCut = (event: ClipboardEvent) => copy(event, true);
    const onPaste = (event: ClipboardEvent) => {
      if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
      if (actions.paste(event.clipboardData?.getData("text/plain") ?? "", middle())) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCut);
    document.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("keydown", press);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCut);
      document.removeEventListener("paste", onPaste);
    };
  }, [search, fit, middle]);
}

function withCommand(event: KeyboardEvent, search: () => void): boolean {
  if (event.code === "KeyS") {
    void save();
    return true;
  }
  if (event.code === "KeyF") {
    search();
    return true;
  }
  if (isTyping(event.target)) return false;
  switch (event.code) {
    case "KeyZ":
      if (event.shiftKey) redo();
      else undo();
      return true;
    case "KeyY":
      redo();
      return true;
    case "KeyD":
      actions.duplicate();
      return true;
    case "KeyA":
      select(Object.keys(useEditor.getState().doc.nodes));
      return true;
    default:
      return false;
  }
}

function plainKey(event: KeyboardEvent, fit: () => void, search: () => void): boolean {
  if (isTyping(event.target)) return false;
  const { selected, panel } = useEditor.getState();
  if (event.altKey) {
    if (event.code === "ArrowRight" || event.code === "ArrowLeft") return along(event.code === "ArrowRight");
    return false;
  }
  if (event.key === "?") {
    open({ kind: "shortcuts" });
    return true;
  }
  if (event.key === "/") {
    search();
    return true;
  }
  switch (event.code) {
    case "Delete":
    case "Backspace":
      window.dispatchEvent(new Event("oklik:delete"));
      return true;
    case "KeyN":
      window.dispatchEvent(new Event("oklik:next"));
      return true;
    case "KeyL":
      void actions.arrange().then(fit);
      return true;
    case "KeyR":
      show("simulator");
      return true;
    case "Digit0":
      if (panel === "simulator") return false;
      fit();
      return true;
    case "Escape":
      select([]);
      return true;
    case "Enter":
      if (selected.length !== 1 || event.target instanceof HTMLButtonElement) return false;
      show("step");
      requestAnimationFrame(() =>
        document.querySelector<HTMLElement>(".oe-panel textarea, .oe-panel input")?.focus(),
      );
      return true;
    default:
      return false;
  }
}

// To the step that the chosen one leads to, or to one that leads here.
function along(forward: boolean): boolean {
  const { doc, selected } = useEditor.getState();
  const name = selected[0] ?? doc.start;
  if (!selected.length) {
    if (name in doc.nodes) goTo(name, null);
    return true;
  }
  const next = forward
    ? Object.values(doc.nodes[name]?.exits ?? {}).find((target) => target in doc.nodes && target !== name)
    : Object.entries(doc.nodes).find(([, node]) => Object.values(node.exits ?? {}).includes(name))?.[0];
  if (next) goTo(next, null);
  return true;
}
