import { type ReactElement, useState } from 'react';

import { type Factor, useFactorRemoving, useFactors } from '../../data/factors.ts';
import type { Proving } from '../../data/proofs.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Section } from '../../ui/page.tsx';
import { ProofFields } from '../../ui/proof-fields.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { Answered } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import { FactorForm } from './factor-form.tsx';

const KINDS: Readonly<Record<Factor['kind'], string>> = {
  totp: 'authenticator app',
  webauthn: 'passkey or security key',
};

/** The second factors of whoever is signed in. */
export function FactorsTab(): ReactElement {
  const [isAdding, setAdding] = useState(false);
  const close = (): void => setAdding(false);
  return (
    <Answered answer={useFactors()} what="your factors">
      {({ rows, lockedUntil }) => (
        <Section
          title="What you prove beside your key"
          actions={<Button onClick={() => setAdding(true)}>Add a factor…</Button>}
        >
          {lockedUntil !== null && (
            <p role="status">
              Too many wrong codes: codes are taken again from <Time at={lockedUntil} />.
            </p>
          )}
          <PlainTable
            nothing="None yet. With one, signing in and sensitive operations take more than a key."
            rows={rows.map((factor) => [factor.id, cellsOf(factor)])}
          />
          <Dialog
            isOpen={isAdding}
            onClose={close}
            title="Add a second factor"
            lead="It counts once it was confirmed."
          >
            <FactorForm has={rows} onClose={close} />
          </Dialog>
        </Section>
      )}
    </Answered>
  );
}

function cellsOf(factor: Factor) {
  return {
    Name: <Visible text={factor.name} />,
    Kind: KINDS[factor.kind],
    Added: <Time at={factor.addedAt} />,
    'Last used': factor.usedAt === null ? 'never' : <Time at={factor.usedAt} />,
    Remove: <Removing of={factor} />,
  };
}

function Removing({ of: factor }: { readonly of: Factor }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const [proving, setProving] = useState<Proving | null>(null);
  const removing = useFactorRemoving();
  const close = (): void => {
    setOpen(false);
    removing.reset();
  };
  return (
    <>
      <Button isSmall look="outlined-danger" onClick={() => setOpen(true)}>
        Remove
      </Button>
      <ReasonDialog
        isOpen={isOpen}
        onClose={close}
        title={`Remove ${factor.name}?`}
        lead="It takes a proof by one of your factors, and ends what this one signed in."
        action="Remove the factor"
        isDanger
        isBusy={removing.isPending}
        error={removing.error}
        onReason={(reason) =>
          removing.mutate({ id: factor.id, reason, proving }, { onSuccess: close })
        }
      >
        <ProofFields proving={proving} onChange={setProving} />
      </ReasonDialog>
    </>
  );
}
