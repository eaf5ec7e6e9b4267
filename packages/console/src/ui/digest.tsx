import type { ReactElement } from 'react';

import classes from './marks.module.css';
import { Unseen } from './states.tsx';
import { useToast } from './toast.tsx';

const SHOWN_DIGITS = 10;

/** A digest or another long id, short; a press copies the whole. */
export function Digest({
  of: text,
  what = 'digest',
}: {
  readonly of: string;
  readonly what?: string;
}): ReactElement {
  const say = useToast();
  const bare = text.replace(/^sha256:/, '');
  const copy = (): void => {
    const said = { what: `the ${what}`, text };
    void navigator.clipboard.writeText(text).then(
      () => say({ tone: 'good', text: `Copied ${said.what}` }),
      () => say({ tone: 'warn', text: `Could not copy; it is ${said.text}` }),
    );
  };
  return (
    <button type="button" className={classes['copy']} title={text} onClick={copy}>
      <Unseen>Copy the {what} </Unseen>
      <span className={classes['digest']}>{shortened(bare)}</span>
    </button>
  );
}

/** Returns the beginning and the end of an id, by which two of one moment differ. */
export function shortId(id: string): string {
  return id.length <= 20 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`;
}

function shortened(text: string): string {
  return text.length <= SHOWN_DIGITS + 1 ? text : `${text.slice(0, SHOWN_DIGITS)}…`;
}
