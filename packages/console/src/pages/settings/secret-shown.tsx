import type { ReactElement } from 'react';

import { Button } from '../../ui/button.tsx';
import { CodeView } from '../../ui/code-view.tsx';
import { DialogFoot } from '../../ui/dialog.tsx';
import { useToast } from '../../ui/toast.tsx';

/** A secret that is shown this once. */
export function SecretShown({
  what,
  secret,
  onClose,
}: {
  readonly what: string;
  readonly secret: string;
  readonly onClose: () => void;
}): ReactElement {
  const say = useToast();
  const copy = (): void => {
    void navigator.clipboard.writeText(secret).then(
      () => say({ tone: 'good', text: `Copied the ${what}` }),
      () => say({ tone: 'warn', text: 'Could not copy: select the text instead' }),
    );
  };
  return (
    <>
      <p>This is the {what}. It is not shown again: give it to its holder now.</p>
      <CodeView label={what} text={secret} />
      <DialogFoot>
        <Button onClick={copy}>Copy</Button>
        <Button look="primary" onClick={onClose}>
          I have it
        </Button>
      </DialogFoot>
    </>
  );
}
