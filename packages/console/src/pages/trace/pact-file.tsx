import type { ReactElement } from 'react';

import type { PactSources } from '../../data/pacts.ts';
import { TextField } from '../../ui/field.tsx';
import { readPactFile } from './read-pact-file.ts';

/** Chooses a pact from a file of the reader's. */
export function PactFile({
  around,
  onChoose,
}: {
  readonly around: PactSources | null;
  readonly onChoose: (sources: PactSources | null) => void;
}): ReactElement {
  const choose = (files: FileList | null): void => {
    const file = files?.item(0) ?? null;
    if (file === null) onChoose(null);
    else void readPactFile(file, around).then(onChoose);
  };
  return (
    <TextField
      label="Or a pact from a file"
      type="file"
      accept=".yaml,.yml,.json"
      hint="Read here. It never leaves the browser."
      onChange={(event) => choose(event.target.files)}
    />
  );
}
