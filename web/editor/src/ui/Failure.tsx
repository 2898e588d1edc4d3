// What went wrong, in the words of the server, or that it could not be reached.

import { ApiError } from "../api/client";
import { t } from "../texts";

export const sentenceOf = (error: unknown): string =>
  error instanceof ApiError
    ? error.status === 0
      ? t("error.offline")
      : error.message || t("error.unknown")
    : error instanceof Error && error.message
      ? error.message
      : t("error.unknown");

export function Failure({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <div className="alert alert-danger py-2 mb-3" role="alert">
      {sentenceOf(error)}
    </div>
  );
}
