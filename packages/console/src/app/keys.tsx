import type { ReactElement } from 'react';

import { Dialog } from '../ui/dialog.tsx';
import { Facts } from '../ui/page.tsx';
import { useLetterKeys } from '../ui/use-letter-keys.ts';

const KEYS: Readonly<Record<string, ReactElement>> = {
  'Go to a page or an agent, or halt': <kbd>Ctrl K</kbd>,
  'These keys': <kbd>?</kbd>,
  'From row to row of a table': <kbd>↑ ↓ Home End Page Up Page Down</kbd>,
  'Follow a row': <kbd>Enter</kbd>,
  'Approve, deny what is open': <kbd>a d</kbd>,
  'What waits next, before': <kbd>j k</kbd>,
  'The next, the last decision that differs in a replay': <kbd>n p</kbd>,
  'Send a reason': <kbd>Ctrl Enter</kbd>,
  'Close a dialog': <kbd>Escape</kbd>,
};

/** The keys of the console, shown by `?` where letter keys are on, and from the palette. */
export function Keys({
  isOpen,
  onOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onClose: () => void;
}): ReactElement {
  useLetterKeys({ '?': onOpen });
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Keys"
      lead="Letters count outside of fields and dialogs; the menu of your name switches them off."
    >
      <Facts rows={KEYS} />
    </Dialog>
  );
}
