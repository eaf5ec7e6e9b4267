import { equalBytes, parseDecimal } from '../bytes.ts';
import type { Sha256 } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { type KeyType, parseVerifierKey, type VerifierKey } from '../note/verifier-key.ts';
import { parseWordedLines } from './worded-lines.ts';

/** A log whose checkpoints are accepted. */
export type PolicyLog = { readonly key: VerifierKey; readonly url?: string };

/** A witness, by the name the policy gives it. */
export type PolicyWitness = PolicyLog & { readonly name: string };

/** Names of which `threshold` at least must have witnessed. */
export type PolicyGroup = {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
};

/** Whom a verifier trusts. `quorum` names a witness or group, or is `none`. */
export type Policy = {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  readonly quorum: string;
};

const MAX_DEFINITIONS = 256;

/**
 * Returns the policy of a file.
 *
 * Errors: `malformed`, with the line.
 * Source: c2sp.org/tlog-policy.
 */
export function parsePolicy(sha256: Sha256, bytes: Uint8Array): Result<Policy> {
  const lines = parseWordedLines(bytes);
  if (!lines.ok) return lines;
  if (lines.value.length > MAX_DEFINITIONS) {
    return fault('malformed', `more than ${MAX_DEFINITIONS} definitions`);
  }
  const draft = new Draft(sha256);
  for (const { number, words } of lines.value) {
    const complaint = draft.take(words);
    if (complaint !== undefined) return fault('malformed', `line ${number}: ${complaint}`);
  }
  const { logs, witnesses, groups, quorum } = draft;
  if (quorum === undefined) return fault('malformed', 'no `quorum` line: add `quorum none` or one');
  return ok({ logs, witnesses, groups, quorum });
}

/** Returns whether cosignatures of these witnesses, by policy name, make the quorum. */
export function meetsQuorum(policy: Policy, cosigned: ReadonlySet<string>): boolean {
  const witnessed = new Set(['none', ...cosigned]);
  // Groups name only what stands before them, so one pass settles all.
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => witnessed.has(member)).length >= threshold) witnessed.add(name);
  }
  return witnessed.has(policy.quorum);
}

/** The definitions read so far. Each `take` returns what is wrong with a line, if anything. */
class Draft {
  readonly logs: PolicyLog[] = [];
  readonly witnesses: PolicyWitness[] = [];
  readonly groups: PolicyGroup[] = [];
  quorum: string | undefined;
  readonly #sha256: Sha256;
  readonly #names = new Set(['none']);
  readonly #members = new Set(['none']);

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  take([keyword = '', ...words]: readonly string[]): string | undefined {
    switch (keyword) {
      case 'log':
        return this.#takeLog(words);
      case 'witness':
        return this.#takeWitness(words);
      case 'group':
        return this.#takeGroup(words);
      case 'quorum':
        return this.#takeQuorum(words);
      default:
        return `\`${keyword}\` is not one of log, witness, group, quorum`;
    }
  }

  #takeLog([keyText = '', url, ...rest]: readonly string[]): string | undefined {
    if (rest.length > 0) return 'must be `log <vkey> [<url>]`';
    const key = this.#parseKey(keyText, 'ed25519', this.logs);
    if (typeof key === 'string') return key;
    this.logs.push(url === undefined ? { key } : { key, url });
    return undefined;
  }

  #takeWitness([name = '', keyText = '', url, ...rest]: readonly string[]): string | undefined {
    if (rest.length > 0) return 'must be `witness <name> <vkey> [<url>]`';
    const key = this.#parseKey(keyText, 'cosignature', this.witnesses);
    if (typeof key === 'string') return key;
    this.witnesses.push(url === undefined ? { name, key } : { name, key, url });
    return this.#define(name);
  }

  #takeGroup([name = '', count = '', ...members]: readonly string[]): string | undefined {
    const counts = new Map([
      ['any', 1],
      ['all', members.length],
    ]);
    const threshold = counts.get(count) ?? parseDecimal(count);
    if (threshold === undefined || threshold < 1 || threshold > members.length) {
      return 'must be `group <name> <k|any|all> <name>…`, with k from 1 to the number of names';
    }
    for (const member of members) {
      if (!this.#names.has(member)) return `\`${member}\` is not defined above`;
      if (this.#members.has(member)) return `\`${member}\` is a member already, or \`none\``;
      this.#members.add(member);
    }
    this.groups.push({ name, threshold, members });
    return this.#define(name);
  }

  #takeQuorum([name = '', ...rest]: readonly string[]): string | undefined {
    if (this.quorum !== undefined) return 'a second quorum';
    if (rest.length > 0 || !this.#names.has(name)) return `\`${name}\` is not defined above`;
    this.quorum = name;
    return undefined;
  }

  #define(name: string): string | undefined {
    if (this.#names.has(name)) return `\`${name}\` is defined already`;
    this.#names.add(name);
    return undefined;
  }

  #parseKey(text: string, type: KeyType, known: readonly PolicyLog[]): VerifierKey | string {
    const key = parseVerifierKey(this.#sha256, text);
    if (!key.ok) return key.error.message;
    if (key.value.type !== type) return `key \`${key.value.name}\` must be of type ${type}`;
    const isKnown = known.some((each) => equalBytes(each.key.publicKey, key.value.publicKey));
    return isKnown ? `key of \`${key.value.name}\` is listed already` : key.value;
  }
}
