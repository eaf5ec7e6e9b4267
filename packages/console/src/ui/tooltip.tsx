import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

import classes from './marks.module.css';

/** Says more of something on hover and on focus. Its child takes the focus. */
export function Tooltip({
  text,
  children,
}: {
  readonly text: ReactNode;
  readonly children: ReactElement;
}): ReactElement {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={classes['tip']} sideOffset={4} collisionPadding={8}>
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Stands once around all tooltips. */
export function TooltipProvider({ children }: { readonly children: ReactNode }): ReactElement {
  return <Radix.Provider delayDuration={350}>{children}</Radix.Provider>;
}
