// A thing that is being done: whether it runs, and what went wrong with it.

import { useCallback, useEffect, useRef, useState } from "react";

export function useTask(): {
  busy: boolean;
  error: unknown;
  run: <T>(work: () => Promise<T>) => Promise<T | undefined>;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const run = useCallback(async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    setBusy(true);
    setError(null);
    try {
      return await work();
    } catch (failed) {
      if (here.current) setError(failed);
      return undefined;
    } finally {
      if (here.current) setBusy(false);
    }
  }, []);
  return { busy, error, run };
}
