// The dialog that is open, if one is.

import { lazy, Suspense } from "react";
import { useEditor } from "../store/editor";
import { ConflictDialog } from "./ConflictDialog";
import { ImportDialog } from "./ImportDialog";
import { PublishDialog } from "./PublishDialog";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { TestCallDialog } from "./TestCallDialog";

const RecordingDialog = lazy(() => import("../speech/RecordingDialog"));

export function Dialogs() {
  const dialog = useEditor((state) => state.dialog);
  switch (dialog?.kind) {
    case "conflict":
      return <ConflictDialog theirs={dialog.theirs} />;
    case "publish":
      return <PublishDialog />;
    case "test-call":
      return <TestCallDialog />;
    case "import":
      return <ImportDialog />;
    case "shortcuts":
      return <ShortcutsDialog />;
    case "recording":
      return (
        <Suspense fallback={null}>
          <RecordingDialog node={dialog.node} field={dialog.field} language={dialog.language} />
        </Suspense>
      );
    default:
      return null;
  }
}
