import type { ReactElement, ReactNode } from 'react';

import { CodeView, Visible } from '../../ui/code-view.tsx';
import { joinClasses } from '../../ui/join-classes.ts';
import { argumentLeaves, type ArgumentLeaf } from './argument-leaves.ts';
import classes from './trace.module.css';

const LONG = 200;

/** Every value of a call's arguments; a press on one shows where it comes from. */
export function ArgsView({
  args,
  traced,
  onTrace,
  origin,
}: {
  readonly args: unknown;
  /** The path of the value whose origin is shown; null: none. */
  readonly traced: string | null;
  readonly onTrace: (leaf: ArgumentLeaf) => void;
  /** What is shown below that value. */
  readonly origin: ReactNode;
}): ReactElement {
  const leaves = argumentLeaves(args);
  if (leaves.length === 0) return <p className={classes['soft']}>It takes no arguments.</p>;
  return (
    <ul className={classes['args']} aria-label="Arguments">
      {leaves.map((leaf) => (
        <li key={leaf.path}>
          <button
            type="button"
            className={joinClasses(classes['arg'], traced === leaf.path && classes['traced'])}
            aria-pressed={traced === leaf.path}
            onClick={() => onTrace(leaf)}
          >
            <span className={classes['path']}>
              <Visible text={leaf.path} />
            </span>
            <span className={classes['value']}>
              <Visible text={shortened(String(leaf.value))} />
            </span>
          </button>
          {String(leaf.value).length > LONG && (
            <CodeView label={`the whole of ${leaf.path}`} text={String(leaf.value)} />
          )}
          {traced === leaf.path && origin}
        </li>
      ))}
    </ul>
  );
}

function shortened(text: string): string {
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
