// Somebody else has saved meanwhile: three ways out, and none of them loses anything.

import { useState } from "react";
import type { DraftInfo } from "../api/types";
import type { Doc } from "../model/document";
import { firstText } from "../model/document";
import { keepAsCopy, overwrite, takeTheirs } from "../store/autosave";
import { open, tell, useEditor } from "../store/editor";
import { moment, t, who } from "../texts";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { Modal } from "../ui/Modal";
import { useTask } from "../ui/useTask";

type Theirs = DraftInfo & { document: Doc };

export function ConflictDialog({ theirs }: { theirs: Theirs }) {
  const doc = useEditor((state) => state.doc);
  const [name, setName] = useState(`${doc.name.slice(0, 34)}-copy`);
  const { run, busy, error } = useTask();
  const copy = () =>
    run(async () => {
      const title = `${firstText(doc.title, doc.languages) || doc.name} (${t("conflict.copy_mark")})`;
      await keepAsCopy(theirs, name, title);
      tell(t("conflict.copied", { name }));
    });
  return (
    <Modal title={t("conflict.title")} onClose={() => open(null)}>
      <p>
        {t("conflict.what", {
          who: who(theirs.by) || t("conflict.somebody"),
          when: moment(theirs.changed_at),
        })}
      </p>
      <Failure error={error} />
      <div className="oe-ways">
        <button type="button" className="oe-choice" disabled={busy} onClick={() => takeTheirs(theirs)}>
          <Icon name="arrow-down" />
          <span>
            <strong>{t("conflict.take")}</strong>
            <small>{t("conflict.take_help")}</small>
          </span>
        </button>
        <div className="oe-choice">
          <Icon name="copy" />
          <span>
            <strong>{t("conflict.copy")}</strong>
            <small>{t("conflict.copy_help")}</small>
            <span className="oe-inline">
              <input
                className="form-control form-control-sm"
                aria-label={t("home.name")}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
              <button
                type="button"
                className="btn btn-sm btn-primary"
                disabled={busy || !name}
                onClick={() => void copy()}
              >
                {t("conflict.copy_do")}
              </button>
            </span>
          </span>
        </div>
        <button
          type="button"
          className="oe-choice"
          disabled={busy}
          onClick={() => void run(() => overwrite(theirs))}
        >
          <Icon name="arrow-up" />
          <span>
            <strong>{t("conflict.overwrite")}</strong>
            <small>{t("conflict.overwrite_help")}</small>
          </span>
        </button>
      </div>
    </Modal>
  );
}
