import { Dialog as Radix } from 'radix-ui';
import { type ReactElement, type ReactNode, useState } from 'react';

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
  const { isOpen, onClose } = props;
  const change = (toOpen: boolean): void => {
    if (!toOpen) onClose();
  };
  // The library's own overlay locks the page by a style sheet, which the content policy refuses.
  return (
    <Radix.Root open={isOpen} onOpenChange={change}>
      <Radix.Portal>
        <div className={classes['veil']} />
        <Window {...props} />
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What is there while the dialog is open. */
function Window({ title, lead, isWide = false, children }: DialogProps): ReactElement {
  // Before anything in the window takes the focus: what opened it.
  const [opener] = useState(() => document.activeElement);
  const giveBack = (event: Event): void => {
    event.preventDefault();
    // A page that was gone to meanwhile has taken the focus for itself.
    if (document.activeElement !== document.body) return;
    const isThere = opener instanceof HTMLElement && opener.isConnected;
    (isThere ? opener : document.getElementById('main'))?.focus();
  };
  return (
    <Radix.Content
      className={joinClasses(classes['dialog'], isWide && classes['wide'])}
      onCloseAutoFocus={giveBack}
      {...(lead === undefined ? { 'aria-describedby': undefined } : {})}
    >
      <Radix.Title>{title}</Radix.Title>
      {lead !== undefined && (
        <Radix.Description className={classes['soft']}>{lead}</Radix.Description>
      )}
      {children}
    </Radix.Content>
  );
}

/** The buttons at the end of a dialog. */
export function DialogFoot({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className={classes['foot']}>{children}</div>;
}
