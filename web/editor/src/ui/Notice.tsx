// A short word on what has just been done; it goes by itself.

import { useEffect } from "react";
import { useEditor } from "../store/editor";
import { Icon } from "./Icon";

const SHOWN_MS = 5000;

export function Notice() {
  const notice = useEditor((state) => state.notice);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => useEditor.setState({ notice: null }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div className="oe-notices" role="status" aria-live="polite">
      {notice && (
        <div className={`oe-notice is-${notice.tone}`}>
          <Icon name={notice.tone === "ok" ? "circle-check" : "alert-triangle"} /> {notice.text}
        </div>
      )}
    </div>
  );
}
