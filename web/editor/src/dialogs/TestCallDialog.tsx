// Ring my phone with this draft.

import { useState } from "react";
import * as api from "../api/calls";
import { save } from "../store/autosave";
import { open, useEditor } from "../store/editor";
import { t } from "../texts";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { Modal } from "../ui/Modal";
import { useTask } from "../ui/useTask";

const KEPT = "oklik.phone";

export function TestCallDialog() {
  const id = useEditor((state) => state.id);
  const [phone, setPhone] = useState(() => localStorage.getItem(KEPT) ?? "");
  const [ordered, setOrdered] = useState<{ version: number; draft: boolean } | null>(null);
  const { run, busy, error } = useTask();
  const ring = () =>
    run(async () => {
      if (!(await save())) throw new Error(t("error.not_saved"));
      setOrdered(await api.testCall(id, phone));
      localStorage.setItem(KEPT, phone);
    });
  return (
    <Modal title={t("test.title")} onClose={() => open(null)}>
      <Failure error={error} />
      {ordered ? (
        <p className="oe-good-line" role="status">
          <Icon name="phone-call" /> {t("test.ringing", { phone })}
          {!ordered.draft && ` ${t("test.version", { number: ordered.version })}`}
        </p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void ring();
          }}
        >
          <p>{t("test.what")}</p>
          <label className="oe-label" htmlFor="oe-test-phone">
            {t("test.phone")}
          </label>
          <div className="oe-inline">
            <input
              id="oe-test-phone"
              className="form-control"
              type="tel"
              autoFocus
              value={phone}
              placeholder="+7 900 000-00-00"
              onChange={(event) => setPhone(event.target.value)}
            />
            <button type="submit" className="btn btn-primary" disabled={busy || !phone.trim()}>
              <Icon name="phone" /> {t("test.ring")}
            </button>
          </div>
        </form>
      )}
    </Modal>
  );
}
