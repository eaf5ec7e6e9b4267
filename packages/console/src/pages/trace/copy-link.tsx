import type { ReactElement } from 'react';

import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';

/** Copies the address of what is looked at: whoever may see it finds the same. */
export function CopyLink(): ReactElement {
  const say = useToast();
  const copy = (): void => {
    const { href } = globalThis.location;
    void navigator.clipboard.writeText(href).then(
      () => say({ tone: 'good', text: 'Copied the link to this entry' }),
      () => say({ tone: 'warn', text: `Could not copy; it is ${href}` }),
    );
  };
  return (
    <Button isSmall onClick={copy}>
      Copy link
    </Button>
  );
}
