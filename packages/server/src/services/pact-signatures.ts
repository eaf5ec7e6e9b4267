import { pactStatement } from '@plumbline/core';
import { findSignature, parseNote, parseVerifierKey, type VerifierKey } from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';
import { refused, served } from './served.ts';
import type { PactAt, PublishingRule, Served } from './services.ts';

/**
 * Returns the names of the configured keys that signed this pact for this agent.
 *
 * Errors: `forbidden` when they are fewer than publishing takes, `bad-request` for what is no
 * signature at all.
 */
export async function checkSignatures(
  of: PactAt,
  signatures: readonly string[],
  rule: PublishingRule,
): Promise<Served<readonly string[]>> {
  if (rule.signers.length === 0) return served([]);
  const keys = rule.signers.flatMap((text) => {
    const parsed = parseVerifierKey(primitives.sha256, text);
    return parsed.ok ? [parsed.value] : [];
  });
  const signed = new Set<string>();
  for (const [at, signature] of signatures.entries()) {
    const found = await signersOf(of, signature, keys);
    if (!found.ok) return refused('bad-request', found.error.message, { at: `signatures.${at}` });
    for (const name of found.value) signed.add(name);
  }
  if (signed.size >= rule.people) return served([...signed].sort());
  return refused(
    'forbidden',
    `${signed.size} of the configured signers signed ${of.digest} for \`${of.agent}\` and ` +
      `publishing takes ${rule.people}; sign with \`plumb pact sign <file> --key <key file>\``,
  );
}

async function signersOf(
  of: PactAt,
  signature: string,
  keys: readonly VerifierKey[],
): Promise<Served<readonly string[]>> {
  const note = parseNote(Buffer.from(signature, 'utf8'));
  if (!note.ok) return refused('bad-request', `no signed note: ${note.error.message}`);
  if (note.value.text !== pactStatement(of)) {
    return refused('bad-request', `signs something else than ${of.digest} for \`${of.agent}\``);
  }
  const names: string[] = [];
  for (const key of keys) {
    const found = await findSignature(primitives, note.value, key);
    if (!found.ok) return refused('bad-request', found.error.message);
    if (found.value !== undefined) names.push(Buffer.from(key.publicKey).toString('hex'));
  }
  return served(names);
}
