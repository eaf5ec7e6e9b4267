import { ENTRY_KINDS, VERDICTS, type VerdictKind } from '@plumbline/core';

/** What a search asks for, as far as its words say. Every member narrows. */
export type SearchTerms = {
  readonly index?: number;
  readonly agent?: string;
  readonly session?: string;
  readonly decision?: string;
  readonly kind?: string;
  readonly tool?: string;
  readonly rule?: string;
  readonly verdict?: VerdictKind;
};

/** The words of a search: what they narrow, and those that say nothing here. */
export type ReadQuery = { readonly terms: SearchTerms; readonly unknown: readonly string[] };

/** What bare words are compared with. */
export type KnownNames = {
  readonly isAgent: (word: string) => boolean;
  /** Returns the tool or the rule a word begins, as it was last seen; undefined: none. */
  readonly toolLike: (word: string) => Promise<string | undefined>;
  readonly ruleLike: (word: string) => Promise<string | undefined>;
};

const MEMBERS = [
  'index',
  'agent',
  'session',
  'decision',
  'kind',
  'tool',
  'rule',
  'verdict',
] as const;
const MOST_WORDS = 8;

/**
 * Reads the words of a search: `tool:refund`, `verdict:deny` and the like, or bare words, which are
 * taken for the first they can be: an index, a verdict, a kind of entries, an agent, the id of a
 * session or a decision, a tool, a rule. Each member counts once, the first.
 */
export async function readQuery(text: string, known: KnownNames): Promise<ReadQuery> {
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  let terms: SearchTerms = {};
  const unknown: string[] = [];
  for (const word of words.slice(0, MOST_WORDS)) {
    const read = named(word) ?? (await bare(word, known));
    if (read === undefined) unknown.push(word);
    else terms = { ...read, ...terms };
  }
  return { terms, unknown: [...unknown, ...words.slice(MOST_WORDS)] };
}

function named(word: string): SearchTerms | undefined {
  const cut = word.indexOf(':');
  const member = MEMBERS.find((each) => each === word.slice(0, cut));
  const value = word.slice(cut + 1);
  if (cut < 1 || member === undefined || value === '') return undefined;
  if (member === 'index') return indexOf(value);
  if (member === 'verdict') return verdictOf(value);
  return { [member]: value };
}

async function bare(word: string, known: KnownNames): Promise<SearchTerms | undefined> {
  const plain = indexOf(word) ?? verdictOf(word);
  if (plain !== undefined) return plain;
  if (ENTRY_KINDS.some((kind) => kind === word)) return { kind: word };
  if (known.isAgent(word)) return { agent: word };
  if (/^ses_./.test(word)) return { session: word };
  if (/^dec_./.test(word)) return { decision: word };
  const tool = await known.toolLike(word);
  if (tool !== undefined) return { tool };
  const rule = await known.ruleLike(word);
  return rule === undefined ? undefined : { rule };
}

function indexOf(word: string): SearchTerms | undefined {
  return /^#?\d{1,15}$/.test(word) ? { index: Number(word.replace('#', '')) } : undefined;
}

function verdictOf(word: string): SearchTerms | undefined {
  const verdict = VERDICTS.find((each) => each === word);
  return verdict === undefined ? undefined : { verdict };
}
