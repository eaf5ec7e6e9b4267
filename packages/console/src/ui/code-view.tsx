import { type ReactElement, useMemo, useState } from 'react';

import { Button } from './button.tsx';
import classes from './code-view.module.css';
import { visibleParts } from './visible-text.ts';

const SHOWN_AT_FIRST = 20_000;

/**
 * What an agent, a tool or a stranger wrote, as text and nothing else: never markup, no character
 * that hides or reorders, and no more of it at once than a page can bear.
 */
export function CodeView({
  text,
  label,
}: {
  readonly text: string;
  /** What it is, for those who hear the page. */
  readonly label: string;
}): ReactElement {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && text.length > SHOWN_AT_FIRST;
  return (
    <div>
      <pre className={classes['code']} dir="ltr" tabIndex={0} role="region" aria-label={label}>
        <Visible text={isCut ? text.slice(0, SHOWN_AT_FIRST) : text} />
      </pre>
      {isCut && (
        <Button look="quiet" isSmall onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString('en')} characters
        </Button>
      )}
    </div>
  );
}

/** The same within a line: a name, a target, a reason that somebody else chose. */
export function Visible({ text }: { readonly text: string }): ReactElement {
  const parts = useMemo(() => visibleParts(text), [text]);
  return (
    <bdi>
      {parts.map((part, place) =>
        part.isMark ? (
          <span key={place} className={classes['mark']} title="a character that is not seen">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}
