import type { ReactNode } from 'react';

import { ApiProblem, messageOf } from '../data/problem.ts';
import { Time } from '../ui/time.tsx';
import classes from './layout.module.css';

/** Why somebody was not let in, and from when on it may be otherwise. */
export function EntryFault({ error }: { readonly error: Error | null }): ReactNode {
  if (error === null) return null;
  const retryAtMs = error instanceof ApiProblem ? error.retryAtMs : null;
  return (
    <p className={classes['refusal']} role="alert">
      {retryAtMs === null ? (
        wordsOf(error)
      ) : (
        <>
          {waitWords(error)} <Time at={retryAtMs} />.
        </>
      )}
    </p>
  );
}

function waitWords(error: Error): string {
  const code = error instanceof ApiProblem ? error.code : '';
  switch (code) {
    case 'rate-limited':
      return 'Too much was tried from here and was wrong. Try again from';
    case 'bad-proof':
      return 'Too many codes were wrong, and none is taken now. Try again from';
    default:
      return `${messageOf(error)}. Try again from`;
  }
}

function wordsOf(error: Error): string {
  const text = messageOf(error);
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}
