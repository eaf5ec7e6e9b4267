import type { ReactElement } from 'react';

import classes from './command-line.module.css';
import { Button } from './button.tsx';
import { Unseen } from './states.tsx';
import { useToast } from './toast.tsx';

/** A command to type elsewhere, with a button that copies it. */
export function CommandLine({ text }: { readonly text: string }): ReactElement {
  const say = useToast();
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(
      () => say({ tone: 'good', text: 'Copied the command' }),
      () => say({ tone: 'warn', text: 'Could not copy: select the command instead' }),
    );
  };
  return (
    <div className={classes['line']}>
      <code tabIndex={0}>{text}</code>
      <Button isSmall onClick={copy}>
        Copy<Unseen> the command</Unseen>
      </Button>
    </div>
  );
}
