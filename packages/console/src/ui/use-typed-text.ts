import { useEffect, useRef, useState } from 'react';

import { useQueryText } from './use-query-text.ts';

const SETTLED_MS = 300;

type Typed = {
  readonly text: string;
  readonly type: (text: string) => void;
  /** Puts what was typed into the address at once. */
  readonly settle: () => void;
};

/**
 * Text that is typed and lives in the address: it holds with every key, and stands in the address
 * once no key came for a moment. An address that changes makes the whole page look at it, and the
 * browser ask for its icon.
 */
export function useTypedText(name: string): Typed {
  const [kept, keep] = useQueryText(name);
  const [typed, setTyped] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Another page must not find in its address what was typed on this one.
  useEffect(() => () => clearTimeout(timer.current), []);
  const put = (text: string): void => {
    clearTimeout(timer.current);
    keep(text);
    setTyped(null);
  };
  return {
    text: typed ?? kept,
    type: (text) => {
      clearTimeout(timer.current);
      setTyped(text);
      timer.current = setTimeout(() => put(text), SETTLED_MS);
    },
    settle: () => {
      if (typed !== null) put(typed);
    },
  };
}
