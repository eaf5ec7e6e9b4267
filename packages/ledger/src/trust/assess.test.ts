import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigner, nodePrimitives } from '../../testing/node-primitives.ts';
import { encodeUtf8 } from '../bytes.ts';
import { formatCheckpoint, readCheckpoint } from '../note/checkpoint.ts';
import { formatNote, type NoteSignature } from '../note/note.ts';
import { cosignText, signText } from '../note/signature.ts';
import { formatVerifierKey } from '../note/verifier-key.ts';
import { assessCheckpoint, requireAccepted } from './assess.ts';
import { parsePolicy, type Policy } from './policy.ts';

const [here, elsewhere] = [makeSigner('log.example/a', 1), makeSigner('log.example/b', 2)];
const witnesses = [3, 4].map((seed) => makeSigner(`witness.example/${seed}`, seed, 'cosignature'));
const text = formatCheckpoint({ origin: 'log.example/a', size: 1, root: new Uint8Array(32) });

function makePolicy(quorum: string): Policy {
  const logs = [here, elsewhere].map(({ key }) => `log ${formatVerifierKey(key)}\n`);
  const lines = witnesses.map(({ key }, at) => `witness W${at} ${formatVerifierKey(key)}\n`);
  const file = `${logs.join('')}${lines.join('')}group both all W0 W1\nquorum ${quorum}\n`;
  const policy = parsePolicy(nodePrimitives.sha256, encodeUtf8(file));
  assert.ok(policy.ok);
  return policy.value;
}

async function assess(policy: Policy, signatures: readonly NoteSignature[]): Promise<string> {
  const read = readCheckpoint(encodeUtf8(formatNote({ text, signatures })));
  assert.ok(read.ok);
  const assessed = await assessCheckpoint(nodePrimitives, policy, read.value);
  if (!assessed.ok) return assessed.error.code;
  const { cosigned, hasQuorum } = assessed.value;
  const accepted = requireAccepted(policy, assessed.value).ok ? 'accepted' : 'not accepted';
  const names = cosigned.map(({ witness, timeSeconds }) => `${witness}@${timeSeconds}`).join(' ');
  return `${accepted}, quorum ${hasQuorum}: ${names}`;
}

const [logLine, foreignLine] = [await signText(here, text), await signText(elsewhere, text)];
const cosignatures = await Promise.all(witnesses.map((each, at) => cosignText(each, text, at + 7)));
const [line0 = logLine, line1 = logLine] = cosignatures;

test('assess: a log key accepts checkpoints of its own log only', async () => {
  const none = makePolicy('none');
  assert.equal(await assess(none, [logLine]), 'accepted, quorum false: ');
  assert.equal(await assess(none, [foreignLine]), 'not accepted, quorum false: ');
  assert.equal(await assess(none, [foreignLine, logLine]), 'accepted, quorum false: ');
  assert.equal(await assess(none, [line0]), 'not accepted, quorum false: W0@7');
});

test('assess: the quorum counts witnesses that cosigned, each once', async () => {
  const both = makePolicy('both');
  assert.equal(await assess(both, [logLine, line0]), 'not accepted, quorum false: W0@7');
  assert.equal(await assess(both, [logLine, line0, line0]), 'not accepted, quorum false: W0@7');
  assert.equal(await assess(both, [logLine, line1, line0]), 'accepted, quorum true: W0@7 W1@8');
  assert.equal(await assess(makePolicy('W1'), [logLine, line1]), 'accepted, quorum true: W1@8');
});

test('assess: a bad line fails the checkpoint when its key is known, else nothing', async () => {
  const none = makePolicy('none');
  const bad = { ...line0, signature: line1.signature };
  assert.equal(await assess(none, [logLine, bad]), 'bad-signature');
  const unknown = { ...bad, name: 'witness.example/unknown' };
  assert.equal(await assess(none, [logLine, unknown]), 'accepted, quorum false: ');
});
