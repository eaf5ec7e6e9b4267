import { Component, type ReactNode } from 'react';

import { messageOf } from '../data/problem.ts';
import { Button } from '../ui/button.tsx';
import classes from './layout.module.css';

type Caught = { readonly error: unknown };

/** Catches a fault of the console itself and says what can be done, instead of a blank page. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, Caught> {
  override state: Caught = { error: null };

  static getDerivedStateFromError(error: unknown): Caught {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const isStale = error instanceof TypeError && /import|module|fetch/i.test(error.message);
    return (
      <div className={classes['fault']} role="alert">
        <h1>{isStale ? 'The console was renewed' : 'The console has a fault'}</h1>
        <p>
          {isStale
            ? 'The daemon serves another build than this page came from. Reload to go on.'
            : `${messageOf(error)}. Nothing that agents do depends on the console.`}
        </p>
        <Button look="primary" onClick={() => globalThis.location.reload()}>
          Reload
        </Button>
      </div>
    );
  }
}
