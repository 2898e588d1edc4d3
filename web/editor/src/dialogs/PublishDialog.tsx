// Publishing the draft as a version that never changes; what stands in the way is listed with its place.

import { useEffect, useState } from "react";
import * as api from "../api/calls";
import { save } from "../store/autosave";
import { open, show, tell, useEditor } from "../store/editor";
import { t } from "../texts";
import { Failure } from "../ui/Failure";
import { Modal } from "../ui/Modal";
import { useTask } from "../ui/useTask";

export function PublishDialog() {
  const { id, issues, problems, versions } = useEditor();
  const [note, setNote] = useState("");
  const [changes, setChanges] = useState<{ node: string | null; sentence: string }[] | null>(null);
  const { run, busy, error } = useTask();
  const newest = versions[0]?.number;
  const bad = problems.length + issues.filter((one) => one.severity === "error").length;
  const warnings = issues.length - (bad - problems.length);
  useEffect(() => {
    void save().then(async (saved) => {
      if (saved && newest) setChanges(await api.diff(id, newest, "draft").catch(() => null));
    });
  }, [id, newest]);
  const publish = () =>
    run(async () => {
      if (!(await save())) return;
      const done = await api.publish(id, useEditor.getState().revision, note.trim());
      useEditor.setState({ versions: (await api.scenario(id)).versions, dialog: null });
      tell(
        done.new ? t("publish.done", { number: done.number }) : t("publish.same", { number: done.number }),
      );
    });
  return (
    <Modal
      title={t("publish.title")}
      onClose={() => open(null)}
      footer={
        <>
          <button type="button" className="btn" onClick={() => open(null)}>
            {t("cancel")}
          </button>
          <button
            type="button"
            className="btn btn-primary"
            disabled={busy || bad > 0}
            onClick={() => void publish()}
          >
            {t("publish.do")}
          </button>
        </>
      }
    >
      <Failure error={error} />
      {bad > 0 ? (
        <div className="alert alert-danger" role="alert">
          <p className="mb-2">{t("publish.errors", { n: bad })}</p>
          <button
            type="button"
            className="btn btn-sm"
            onClick={() => {
              open(null);
              show("issues");
            }}
          >
            {t("publish.show")}
          </button>
        </div>
      ) : (
        <>
          <p>{t("publish.what")}</p>
          {warnings > 0 && <p className="oe-warning">{t("publish.warnings", { n: warnings })}</p>}
          {changes && newest && (
            <div className="oe-diff">
              <h5>{t("publish.changes", { number: newest })}</h5>
              {changes.length === 0 && <p className="oe-quiet">{t("versions.same")}</p>}
              <ul>
                {changes.slice(0, 12).map((line, index) => (
                  <li key={index}>{line.sentence}</li>
                ))}
              </ul>
            </div>
          )}
          <label className="oe-label" htmlFor="oe-publish-note">
            {t("publish.note")}
          </label>
          <textarea
            id="oe-publish-note"
            className="form-control"
            rows={2}
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </>
      )}
    </Modal>
  );
}
