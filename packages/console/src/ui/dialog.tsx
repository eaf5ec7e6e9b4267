import { Dialog as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

import classes from './dialog.module.css';
import { joinClasses } from './join-classes.ts';

type DialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly lead?: ReactNode;
  readonly isWide?: boolean;
  readonly children: ReactNode;
};

/** A window over the page: it holds the focus, Escape closes it, and the focus goes back. */
export function Dialog(props: DialogProps): ReactElement {
  const { isOpen, onClose, title, lead, isWide = false, children } = props;
  const change = (toOpen: boolean): void => {
    if (!toOpen) onClose();
  };
  // The library's own overlay locks the page by a style sheet, which the content policy refuses.
  return (
    <Radix.Root open={isOpen} onOpenChange={change}>
      <Radix.Portal>
        <div className={classes['veil']} />
        <Radix.Content
          className={joinClasses(classes['dialog'], isWide && classes['wide'])}
          {...(lead === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <Radix.Title>{title}</Radix.Title>
          {lead !== undefined && (
            <Radix.Description className={classes['soft']}>{lead}</Radix.Description>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The buttons at the end of a dialog. */
export function DialogFoot({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className={classes['foot']}>{children}</div>;
}
