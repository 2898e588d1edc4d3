// What the keys do.

import { open } from "../store/editor";
import { t } from "../texts";
import { Modal } from "../ui/Modal";

const KEYS = [
  ["N", "keys.next"],
  ["Ctrl+Z · Ctrl+Y", "keys.undo"],
  ["Ctrl+C · Ctrl+X · Ctrl+V", "keys.copy"],
  ["Ctrl+D", "keys.duplicate"],
  ["Ctrl+A", "keys.all"],
  ["Delete", "keys.delete"],
  ["Ctrl+F", "keys.find"],
  ["Ctrl+S", "keys.save"],
  ["Tab · Enter", "keys.walk"],
  ["Alt+← · Alt+→", "keys.along"],
  ["← ↑ → ↓", "keys.move"],
  ["Shift", "keys.box"],
  ["L", "keys.layout"],
  ["0", "keys.fit"],
  ["R", "keys.simulate"],
] as const;

export function ShortcutsDialog() {
  return (
    <Modal title={t("keys.title")} onClose={() => open(null)}>
      <dl className="oe-shortcuts">
        {KEYS.map(([key, words]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
