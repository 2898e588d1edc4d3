// Ring my phone with this draft: which phone, whose values are spoken, over which line.

import { useEffect, useMemo, useState } from "react";
import * as api from "../api/calls";
import type { TestCallOptions } from "../api/types";
import { ContactForm } from "../simulator/ContactForm";
import { contactOf, keepContact } from "../simulator/contact";
import { save } from "../store/autosave";
import { open, useEditor } from "../store/editor";
import { ring } from "../store/testCall";
import { t } from "../texts";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { Modal } from "../ui/Modal";
import { useTask } from "../ui/useTask";

const KEPT = "oklik.phone";

export function TestCallDialog() {
  const id = useEditor((state) => state.id);
  const doc = useEditor((state) => state.doc);
  const [found, setFound] = useState<TestCallOptions | null>(null);
  const [phone, setPhone] = useState(() => localStorage.getItem(KEPT) ?? "");
  const [trunk, setTrunk] = useState("");
  const [contact, setContact] = useState(() => contactOf(id, doc));
  const [person, setPerson] = useState<number | null>(null);
  const looking = useTask();
  const task = useTask();
  const filled = useMemo(() => ({ ...contactOf(id, doc), ...contact }), [id, doc, contact]);

  const { run: look } = looking;
  useEffect(() => {
    void look(async () => setFound(await api.testCallOptions(id)));
  }, [id, look]);

  const chosen = found?.phones.find((one) => one.number === phone) ?? found?.phones[0];
  const go = () =>
    task.run(async () => {
      if (!chosen || !found) return;
      if (!(await save())) throw new Error(t("error.not_saved"));
      const whose = person === null ? { contact: filled } : { contact_id: person };
      const { revision } = useEditor.getState();
      const asked = revision > 0 ? { revision } : {};
      await ring(
        { phone: chosen.number, ...whose, ...asked, ...(trunk ? { trunk } : {}) },
        chosen.shown,
        found.virtual,
      );
      localStorage.setItem(KEPT, chosen.number);
      open(null);
    });

  return (
    <Modal
      title={t("test.title")}
      onClose={() => open(null)}
      footer={
        found && (
          <button
            type="button"
            className="btn btn-primary"
            disabled={task.busy || !chosen}
            onClick={() => void go()}
          >
            {task.busy ? <span className="oe-spinner" /> : <Icon name="phone-call" />} {t("test.ring")}
          </button>
        )
      }
    >
      <Failure error={looking.error ?? task.error} />
      <p className="oe-quiet">{t("test.what")}</p>
      {!found && !looking.error && <span className="oe-spinner" />}
      {found && (
        <div className="oe-test-form">
          {found.virtual && <p className="oe-warning">{t("test.virtual")}</p>}
          {!found.dialer && <p className="oe-warning">{t("test.no_dialer")}</p>}
          {chosen ? (
            <>
              <label className="oe-label" htmlFor="oe-test-phone">
                {t("test.phone")}
              </label>
              <select
                id="oe-test-phone"
                className="form-select"
                autoFocus
                value={chosen.number}
                onChange={(event) => setPhone(event.target.value)}
              >
                {found.phones.map((one) => (
                  <option key={one.number} value={one.number}>
                    {one.shown}
                  </option>
                ))}
              </select>
            </>
          ) : (
            <div className="oe-none">
              <Icon name="device-mobile" />
              <p>{t("test.no_phones")}</p>
              <p className="oe-quiet">{t("test.no_phones_help")}</p>
            </div>
          )}
          <AddPhone
            open={!chosen}
            onAdded={async (number) => {
              setPhone(number);
              setFound(await api.testCallOptions(id));
            }}
          />
          {found.trunks.length > 1 && (
            <>
              <label className="oe-label" htmlFor="oe-test-trunk">
                {t("test.trunk")}
              </label>
              <select
                id="oe-test-trunk"
                className="form-select"
                value={trunk}
                onChange={(event) => setTrunk(event.target.value)}
              >
                <option value="">{t("test.any_trunk")}</option>
                {found.trunks.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </>
          )}
          <ContactForm
            contact={filled}
            person={person}
            onPerson={setPerson}
            onChange={(next) => {
              setContact(next);
              keepContact(id, next);
            }}
          />
        </div>
      )}
    </Modal>
  );
}

// Another phone: it rings at once where who adds it may allow that, else after an administrator has.
function AddPhone({
  open: unfolded,
  onAdded,
}: {
  open: boolean;
  onAdded: (number: string) => Promise<void>;
}) {
  const [number, setNumber] = useState("");
  const [name, setName] = useState("");
  const [waits, setWaits] = useState(false);
  const task = useTask();
  const add = () =>
    task.run(async () => {
      const told = await api.addPhone(number.trim(), name.trim());
      setWaits(told.confirmed_at === null);
      setNumber("");
      await onAdded(told.number);
    });
  return (
    <details className="oe-add-phone" open={unfolded}>
      <summary>{t("test.add")}</summary>
      <Failure error={task.error} />
      {waits && <p className="oe-warning">{t("test.add_waits")}</p>}
      <form
        className="oe-inline"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <input
          className="form-control"
          type="tel"
          autoComplete="tel"
          aria-label={t("test.phone")}
          placeholder="+7 900 000-00-00"
          value={number}
          onChange={(event) => setNumber(event.target.value)}
        />
        <input
          className="form-control"
          aria-label={t("test.add_name")}
          placeholder={t("test.add_name")}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="btn" disabled={task.busy || !number.trim() || !name.trim()}>
          {t("form.add")}
        </button>
      </form>
    </details>
  );
}
