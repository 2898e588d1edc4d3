// The twelve keys, by mouse and, while nothing is being typed elsewhere, by the keyboard.

import { useEffect } from "react";
import { t } from "../texts";

const ROWS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS: { [key: string]: string } = {
  2: "abc",
  3: "def",
  4: "ghi",
  5: "jkl",
  6: "mno",
  7: "pqrs",
  8: "tuv",
  9: "wxyz",
  0: "+",
};

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function Keypad({
  enabled,
  typed,
  sense,
  onKey,
}: {
  enabled: boolean;
  typed: string;
  // The keys that make sense now; others can be pressed all the same, as on any phone.
  sense: string;
  onKey: (key: string) => void;
}) {
  useEffect(() => {
    if (!enabled) return;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!ROWS.includes(event.key) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      onKey(event.key);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [enabled, onKey]);
  return (
    <div className="oe-keypad" role="group" aria-label={t("sim.keypad")}>
      {typed && <output className="oe-typed">{typed}</output>}
      {ROWS.map((key) => (
        <button
          type="button"
          key={key}
          disabled={!enabled}
          data-key={key}
          className={sense.includes(key) ? "makes-sense" : ""}
          onClick={() => onKey(key)}
        >
          {key}
          <small aria-hidden="true">{LETTERS[key] ?? ""}</small>
        </button>
      ))}
    </div>
  );
}
