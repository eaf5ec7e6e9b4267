import { useQuery } from '@tanstack/react-query';
import { pactStatement } from '@plumbline/core';
import { type ReactElement, useEffect, useState } from 'react';

import type { PublishingRule } from '../../../data/pacts.ts';
import { Button } from '../../../ui/button.tsx';
import { CodeView, Visible } from '../../../ui/code-view.tsx';
import { Fault, TextField } from '../../../ui/field.tsx';
import { StatePill } from '../../../ui/marks.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { shellWord } from '../../../ui/shell-word.ts';
import classes from '../agent.module.css';
import { type Signed, signerStates, signWith, takeSignature } from './signatures.ts';

type SignPanelProps = {
  readonly of: Signed;
  /** The first file of the pact, as the command names it. */
  readonly entry: string;
  readonly rule: PublishingRule;
  readonly signatures: readonly string[];
  readonly onSignatures: (signatures: readonly string[]) => void;
  /** Told whether enough have signed. */
  readonly onState: (isSigned: boolean) => void;
};

/** Who has signed what is published and who has not; a signature is made here, or handed in. */
export function SignPanel(props: SignPanelProps): ReactElement {
  const { of, entry, rule, signatures, onSignatures, onState } = props;
  const { data: states = [] } = useQuery({
    queryKey: ['signer-states', of, rule.signers, signatures],
    queryFn: () => signerStates(signatures, of, rule.signers),
    staleTime: Infinity,
  });
  const signed = states.filter(({ hasSigned }) => hasSigned).length;
  const isSigned = signed >= rule.people;
  useEffect(() => onState(isSigned), [isSigned, onState]);
  const take = (note: string): void => {
    if (!signatures.includes(note)) onSignatures([...signatures, note]);
  };
  return (
    <fieldset className={classes['sign']}>
      <legend>Signatures</legend>
      <p role="status">
        {signed} of {rule.people} {rule.people === 1 ? 'signature' : 'signatures'} that publishing
        takes{signed < rule.people ? '; the reason can be sent once they are there' : ''}.
      </p>
      <ul className={classes['signers']}>
        {states.map(({ name, id, hasSigned }) => (
          <li key={`${name} ${id}`}>
            <StatePill tone={hasSigned ? 'good' : 'plain'}>
              {hasSigned ? 'signed' : 'missing'}
            </StatePill>{' '}
            <Visible text={name} /> <code className={classes['soft']}>{id}</code>
          </li>
        ))}
      </ul>
      <p className={classes['soft']}>What is signed, to the byte:</p>
      <CodeView label="what is signed" text={pactStatement(of)} />
      <HandIn
        label="Sign with a key file"
        hint="A key of plumb key sign-new: read in this browser, sent nowhere, kept nowhere."
        onText={(text) => signWith(text, of, rule.signers)}
        onNote={take}
      />
      <HandIn
        label="Hand in a signature"
        hint="A file of plumb pact sign, from whoever signed elsewhere."
        onText={(text) => takeSignature(text, of, rule.signers)}
        onNote={take}
      />
      <p className={classes['soft']}>Elsewhere, with the files or with the digest alone:</p>
      <CodeView label="the commands that sign" text={commandsOf(entry, of)} />
      {signatures.length > 0 && (
        <div className={classes['buttons']}>
          <Button
            isSmall
            onClick={() => saveFile(`${of.agent}.sig`, 'text/plain', signatures[0] ?? '')}
          >
            Save the first signature for somebody else
          </Button>
        </div>
      )}
    </fieldset>
  );
}

type HandInProps = {
  readonly label: string;
  readonly hint: string;
  readonly onText: (text: string) => ReturnType<typeof signWith>;
  readonly onNote: (note: string) => void;
};

function HandIn({ label, hint, onText, onNote }: HandInProps): ReactElement {
  const [error, setError] = useState<Error | null>(null);
  const read = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.item(0) ?? null;
    if (file === null) return;
    const made = await onText(await file.slice(0, LARGEST).text());
    // A file that was read is let go of at once, so that the same one can be chosen again.
    input.value = '';
    setError(made.ok ? null : new Error(`${file.name}: ${made.error.message}`));
    if (made.ok) onNote(made.value);
  };
  return (
    <>
      <TextField
        label={label}
        hint={hint}
        type="file"
        onChange={(event) => void read(event.currentTarget)}
      />
      <Fault error={error} />
    </>
  );
}

const LARGEST = 100_000;

function commandsOf(entry: string, { agent, digest }: Signed): string {
  return [
    `plumb pact sign ${shellWord(entry)} --agent ${agent} --key me.key -o me.sig`,
    `plumb pact sign --agent ${agent} --digest ${digest} --key me.key -o me.sig`,
  ].join('\n');
}
