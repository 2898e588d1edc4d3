// The dialog that is open, if one is.

import { lazy, Suspense } from "react";
import { type Dialog, useEditor } from "../store/editor";

const ConflictDialog = lazy(() =>
  import("./ConflictDialog").then((part) => ({ default: part.ConflictDialog })),
);
const ImportDialog = lazy(() => import("./ImportDialog").then((part) => ({ default: part.ImportDialog })));
const PublishDialog = lazy(() => import("./PublishDialog").then((part) => ({ default: part.PublishDialog })));
const ShortcutsDialog = lazy(() =>
  import("./ShortcutsDialog").then((part) => ({ default: part.ShortcutsDialog })),
);
const TestCallDialog = lazy(() =>
  import("./TestCallDialog").then((part) => ({ default: part.TestCallDialog })),
);
const RecordingDialog = lazy(() => import("../speech/RecordingDialog"));

export function Dialogs() {
  const dialog = useEditor((state) => state.dialog);
  return <Suspense fallback={null}>{dialog && drawn(dialog)}</Suspense>;
}

function drawn(dialog: NonNullable<Dialog>) {
  switch (dialog.kind) {
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
      return <RecordingDialog node={dialog.node} field={dialog.field} language={dialog.language} />;
  }
}
