import { type ReactElement, useState } from 'react';

import type { PactFiles } from '../../../data/pacts.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog, DialogFoot } from '../../../ui/dialog.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { Menu, MenuItem, MenuLine } from '../../../ui/menu.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import classes from '../agent.module.css';
import {
  addFile,
  type FileKind,
  freeName,
  removeFile,
  renameFile,
  whyNotNamed,
} from './file-set.ts';

type PactFilesProps = {
  readonly agent: string;
  readonly draft: PactFiles;
  readonly file: string;
  readonly mayWrite: boolean;
  /** What is to be said of a file beside its name, where something is. */
  readonly noteOf: (name: string) => string;
  readonly onFile: (file: string) => void;
  readonly onDraft: (draft: PactFiles, file: string) => void;
  readonly onFormat: () => void;
};

type Asking = 'add' | 'rename' | 'remove' | null;

/** Which file of the pact is shown, and what can be done with its files. */
export function PactFilesBar(props: PactFilesProps): ReactElement {
  const { draft, file, mayWrite, noteOf, onFile, onFormat } = props;
  const [asking, setAsking] = useState<Asking>(null);
  const { entry, files } = draft;
  const names = Object.keys(files).toSorted(
    (one, other) => Number(other === entry) - Number(one === entry) || one.localeCompare(other),
  );
  const titleOf = (name: string): string => [name, noteOf(name)].filter(Boolean).join(' · ');
  const close = (): void => setAsking(null);
  return (
    <div className={classes['files']}>
      <SelectField
        label="File"
        value={file}
        options={names.map((name) => [name, titleOf(name)] as const)}
        onChange={(event) => onFile(event.target.value)}
      />
      <Menu trigger={<Button aria-label="What to do with files">Files ▾</Button>}>
        {mayWrite && <MenuItem onSelect={() => setAsking('add')}>Add a file…</MenuItem>}
        {mayWrite && <MenuItem onSelect={() => setAsking('rename')}>Rename this file…</MenuItem>}
        {mayWrite && (
          <MenuItem isDisabled={file === entry} onSelect={() => setAsking('remove')}>
            Remove this file…
          </MenuItem>
        )}
        {mayWrite && <MenuItem onSelect={onFormat}>Format (Alt Shift F)</MenuItem>}
        {mayWrite && <MenuLine />}
        <MenuItem onSelect={() => saveFile(lastOf(file), typeOf(file), files[file] ?? '')}>
          Save this file
        </MenuItem>
      </Menu>
      {asking === 'add' && <AddDialog {...props} onClose={close} />}
      {asking === 'rename' && <RenameDialog {...props} onClose={close} />}
      {asking === 'remove' && <RemoveDialog {...props} onClose={close} />}
    </div>
  );
}

const KINDS: readonly (readonly [FileKind, string])[] = [
  ['cases', 'cases: actions with the verdict each must get'],
  ['schemas', 'schemas: the arguments of tools, as tools/list answers'],
  ['pact', 'a base pact, which this one narrows'],
];

type AskProps = PactFilesProps & { readonly onClose: () => void };

function AddDialog({ agent, draft, onDraft, onClose }: AskProps): ReactElement {
  const [kind, setKind] = useState<FileKind>('cases');
  const choose = (chosen: string): void =>
    setKind(KINDS.find(([each]) => each === chosen)?.[0] ?? 'cases');
  return (
    <NameDialog
      key={kind}
      title="Add a file"
      lead="Where the first file names none of this kind yet, it is named there."
      action="Add"
      first={freeName(kind, agent, draft)}
      draft={draft}
      onClose={onClose}
      onName={(name) => onDraft(addFile(draft, { name, kind, agent }), name)}
    >
      <SelectField
        label="What it holds"
        value={kind}
        options={KINDS}
        onChange={(event) => choose(event.target.value)}
      />
    </NameDialog>
  );
}

function RenameDialog({ draft, file, onDraft, onClose }: AskProps): ReactElement {
  return (
    <NameDialog
      title={`Rename ${file}`}
      lead="Where other files name it, they name it anew. The meaning, and so the digest, stays."
      action="Rename"
      first={file}
      draft={draft}
      onClose={onClose}
      onName={(name) => onDraft(renameFile(draft, file, name), name)}
    />
  );
}

function RemoveDialog({ draft, file, onDraft, onClose }: AskProps): ReactElement {
  const remove = (): void => {
    onDraft(removeFile(draft, file), draft.entry);
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Remove ${file}`}
      lead="What names it will say that it is missing. Discard changes brings it back."
    >
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" onClick={remove}>
          Remove it
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

type NameDialogProps = {
  readonly title: string;
  readonly lead: string;
  readonly action: string;
  readonly first: string;
  readonly draft: PactFiles;
  readonly onName: (name: string) => void;
  readonly onClose: () => void;
  readonly children?: ReactElement;
};

function NameDialog(props: NameDialogProps): ReactElement {
  const { title, lead, action, first, draft, onName, onClose, children } = props;
  const [name, setName] = useState(first);
  const wrong = whyNotNamed(name.trim(), draft);
  const isSame = name.trim() === first && draft.files[first] !== undefined;
  return (
    <Dialog isOpen onClose={onClose} title={title} lead={lead}>
      <form
        style={{ display: 'contents' }}
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong !== null) return;
          onName(name.trim());
          onClose();
        }}
      >
        {children}
        <TextField
          label="Name"
          hint={
            wrong === null || isSame ? 'As other files of the pact name it.' : `Not yet: ${wrong}.`
          }
          value={name}
          autoFocus
          spellCheck={false}
          onChange={(event) => setName(event.target.value)}
        />
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={wrong !== null}>
            {action}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function lastOf(name: string): string {
  return name.split('/').at(-1) ?? name;
}

function typeOf(name: string): string {
  return name.endsWith('.json') ? 'application/json' : 'application/yaml';
}
