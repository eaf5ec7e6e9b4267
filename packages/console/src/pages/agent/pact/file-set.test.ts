import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readDraft } from './draft.ts';
import { addFile, firstPact, freeName, onlyUsed, renameFile, whyNotNamed } from './file-set.ts';

const PACT = {
  entry: 'desk.pact.yaml',
  files: {
    'desk.pact.yaml': 'pact: plumbline/v1\nschemas:\n  - a.json\n  - lib/a.json\npurpose: a.json\n',
    'a.json': '[]',
    'lib/a.json': '[]',
  },
};

test('files: a new one is named where the pact names none of its kind yet', () => {
  const added = addFile(firstPact('desk'), { name: 'c.yaml', kind: 'cases', agent: 'desk' });
  assert.match(added.files['desk.pact.yaml'] ?? '', /\nallow: \[\]\ncases: c\.yaml\n$/);
  const again = addFile(added, { name: 'd.yaml', kind: 'cases', agent: 'desk' });
  assert.equal(again.files['desk.pact.yaml'], added.files['desk.pact.yaml']);
});

test('files: what is renamed is renamed where files are named, and nowhere else', () => {
  const renamed = renameFile(PACT, 'a.json', 'tools/b.json');
  assert.deepEqual(Object.keys(renamed.files), ['desk.pact.yaml', 'tools/b.json', 'lib/a.json']);
  assert.equal(
    renamed.files['desk.pact.yaml'],
    'pact: plumbline/v1\nschemas:\n  - tools/b.json\n  - lib/a.json\npurpose: a.json\n',
  );
  const first = renameFile(PACT, 'desk.pact.yaml', 'pacts/desk.pact.yaml');
  assert.equal(first.entry, 'pacts/desk.pact.yaml');
});

test('files: a name is one that another machine can have, and is not taken', () => {
  const pact = firstPact('desk');
  assert.equal(whyNotNamed('lib/base.pact.yaml', pact), null);
  for (const name of ['', '../up.yaml', '/etc/x.yaml', 'a b.yaml', 'x.txt', 'desk.pact.yaml']) {
    assert.notEqual(whyNotNamed(name, pact), null, name);
  }
  assert.equal(freeName('cases', 'desk', pact), 'desk.cases.yaml');
  const taken = { ...pact, files: { ...pact.files, 'desk.cases.yaml': '' } };
  assert.equal(freeName('cases', 'desk', taken), 'desk-2.cases.yaml');
});

test('files: only what is read is sent', () => {
  assert.deepEqual(Object.keys(onlyUsed(PACT, ['a.json']).files), ['desk.pact.yaml', 'a.json']);
});

test('drafts: what was kept is read as it was, and nothing else is a draft', () => {
  const draft = { ...PACT, base: null };
  assert.deepEqual(readDraft(JSON.stringify(draft)), draft);
  for (const text of [null, '', '{', '{"entry":"a","base":null,"files":{}}', '{"files":1}']) {
    assert.equal(readDraft(text), null);
  }
});
