import type { ReactElement } from 'react';

import { Visible } from './code-view.tsx';

/** A sentence in which names stand between backticks, as the daemon and the kernel write them. */
export function WithCode({ text }: { readonly text: string }): ReactElement {
  const parts = text.split('`');
  return (
    <>
      {parts.map((part, place) => {
        // What stands between a pair is a name; a backtick without its pair is a character.
        const isName = place % 2 === 1 && place < parts.length - 1;
        return isName ? (
          <code key={place}>
            <Visible text={part} />
          </code>
        ) : (
          <Visible key={place} text={place % 2 === 1 ? `\`${part}` : part} />
        );
      })}
    </>
  );
}
