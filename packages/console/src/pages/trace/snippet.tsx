import type { ReactElement } from 'react';

import { Visible } from '../../ui/code-view.tsx';
import classes from './trace.module.css';
import type { FoundPlace } from './worker/find-places.ts';

/** A value with the text around it, where it stands there letter by letter. */
export function Snippet({ snippet }: Pick<FoundPlace, 'snippet'>): ReactElement | null {
  if (snippet === null) return null;
  return (
    <blockquote className={classes['snippet']}>
      <Visible text={snippet.before} />
      <mark>
        <Visible text={snippet.value} />
      </mark>
      <Visible text={snippet.after} />
    </blockquote>
  );
}
