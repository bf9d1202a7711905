import { useEffect, useState } from "react";

export type Loaded<T> = { data: T } | { error: string } | null;

/** Load data when `key` changes; null while it is loading. */
export function useData<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>(null);
  useEffect(() => {
    const controller = new AbortController();
    setLoaded(null);
    load(controller.signal).then(
      (data) => setLoaded({ data }),
      (error: Error) => controller.signal.aborted || setLoaded({ error: error.message }),
    );
    return () => controller.abort();
  }, [key]);
  return loaded;
}
