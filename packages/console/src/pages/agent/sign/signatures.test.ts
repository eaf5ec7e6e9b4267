import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { signerStates, signWith, takeSignature } from './signatures.ts';

// Made by `plumb key sign-new` and `plumb pact sign`.
const ADA = 'PRIVATE+KEY+ada+9e10f9e9+AWu29iqI9os/ISrQV38QVV3R2qF6aed4MtvHGecfDtEB';
const BO = 'bo+17bc881e+AVeUIuqF8tYZWvsxcL7TNv004H51AgQgyZvr+IMXbYqk';
const SIGNERS = ['ada+9e10f9e9+ARY5xH2wlBxf5snu1GmKNPzm5Kh8iPeh1AnlQaUqtMoy', BO];
const OF = { agent: 'desk', digest: `sha256:${'ab'.repeat(32)}` };
const NOTE = [
  'plumbline-pact/v1',
  'desk',
  'sha256:abababababababababababababababababababababababababababababababab',
  '',
  '— ada nhD56Wk7YalG0QsRVP0AYmuYUEE0CXOX1lQdTl7J9z1hCpLyWtav' +
    '+0/Y+31YpNYvzL82SeOBrXND69BWhEMso0IDUQI=',
  '',
].join('\n');

test('signatures: made in the browser they are the bytes `plumb pact sign` makes', async () => {
  verifies('pact.versions');
  assert.deepEqual(await signWith(ADA, OF, SIGNERS), { ok: true, value: NOTE });
});

test('signatures: a key nobody asks for, and what is no key, sign nothing', async () => {
  const other = await signWith(ADA, OF, [BO]);
  assert.equal(
    other.ok ? '' : other.error.message,
    'the key `ada` is none of those whose signatures are asked for',
  );
  const none = await signWith('a letter', OF, SIGNERS);
  assert.equal(none.ok ? '' : none.error.message, 'no key of `plumb key sign-new`');
});

test('signatures: one made elsewhere is taken for what it signs alone', async () => {
  assert.deepEqual(await takeSignature(NOTE, OF, SIGNERS), { ok: true, value: NOTE });
  const elsewhere = await takeSignature(NOTE, { ...OF, agent: 'till' }, SIGNERS);
  assert.equal(
    elsewhere.ok ? '' : elsewhere.error.message,
    'it signs something else than this version for till',
  );
  const nobody = await takeSignature(NOTE, OF, [BO]);
  assert.equal(nobody.ok, false);
  const last = NOTE.trimEnd().at(-3) === 'A' ? 'B' : 'A';
  const forged = `${NOTE.trimEnd().slice(0, -3)}${last}${NOTE.trimEnd().slice(-2)}\n`;
  assert.equal((await takeSignature(forged, OF, SIGNERS)).ok, false);
});

test('signatures: who has signed is said, and who has not', async () => {
  const states = await signerStates([NOTE, 'rubbish'], OF, SIGNERS);
  assert.deepEqual(
    states.map(({ name, hasSigned }) => [name, hasSigned]),
    [
      ['ada', true],
      ['bo', false],
    ],
  );
});
