// A scenario out of a file takes the draft's place; undo brings the draft back.

import { useState } from "react";
import * as api from "../api/calls";
import type { Problem } from "../api/types";
import { sane } from "../model/document";
import { arrangeUndrawn } from "../canvas/actions";
import { edit, open, tell } from "../store/editor";
import { t } from "../texts";
import { Failure } from "../ui/Failure";
import { Modal } from "../ui/Modal";
import { useTask } from "../ui/useTask";

const MOST_BYTES = 4 << 20;

export function ImportDialog() {
  const [problems, setProblems] = useState<Problem[]>([]);
  const { run, busy, error } = useTask();
  const take = (file: File) =>
    run(async () => {
      if (file.size > MOST_BYTES) throw new Error(t("import.too_large"));
      const read = await api.readFile(await file.text());
      setProblems(read.problems);
      if (!read.document) return;
      const document = sane(read.document);
      edit(t("did.import"), (now) => ({ ...document, name: now.name }));
      await arrangeUndrawn();
      tell(t("import.done"));
      if (!read.problems.length) open(null);
    });
  return (
    <Modal title={t("import.title")} onClose={() => open(null)}>
      <p>{t("import.what")}</p>
      <Failure error={error} />
      <input
        type="file"
        className="form-control"
        accept=".yaml,.yml,.json"
        disabled={busy}
        aria-label={t("import.file")}
        onChange={(event) => event.target.files?.[0] && void take(event.target.files[0])}
      />
      {problems.length > 0 && (
        <ul className="oe-problems">
          {problems.map((one, index) => (
            <li key={index}>
              {[one.node, one.field].filter(Boolean).join(".")} {one.sentence}
            </li>
          ))}
        </ul>
      )}
    </Modal>
  );
}
