import { type ReactElement, useState } from 'react';

import type { EventFilters } from '../../data/log.ts';
import { Button } from '../button.tsx';
import { PackDialog } from './pack-dialog.tsx';

type PackButtonProps = {
  /** The session it is about, where the page is about one. */
  readonly session?: string;
  /** The agent whose sessions may be chosen as well. */
  readonly agent?: string;
  /** What the page lists, where its sessions may be chosen. */
  readonly listed?: EventFilters | null;
};

/** Opens the dialog that downloads an evidence pack. */
export function PackButton({ session, agent, listed = null }: PackButtonProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Download a pack…</Button>
      {isOpen && (
        <PackDialog
          onClose={() => setOpen(false)}
          session={session ?? ''}
          agent={agent ?? ''}
          listed={listed}
        />
      )}
    </>
  );
}
