// Whether a text is heard as a recorded voice, and the way to record, upload or choose one.

import { open, useEditor } from "../store/editor";
import { t } from "../texts";
import { Icon } from "../ui/Icon";

export function RecordingMark({ node, field, language }: { node: string; field: string; language: string }) {
  const key = useEditor((state) => state.doc.recordings?.[`${node}.${field}`]);
  return (
    <button
      type="button"
      className={`oe-tool ${key ? "is-on" : ""}`}
      title={key ? t("recording.has", { key }) : t("recording.help")}
      onClick={() => open({ kind: "recording", node, field, language })}
    >
      <Icon name="microphone" />
      {key ? t("recording.voice") : t("recording.record")}
    </button>
  );
}
