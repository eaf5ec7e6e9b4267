import type { ReactElement } from 'react';

import { Visible } from '../../ui/code-view.tsx';

/** A sentence of the kernel, in which names stand between backticks. */
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
