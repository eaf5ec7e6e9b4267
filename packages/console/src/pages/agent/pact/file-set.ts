import type { PactFiles } from '../../../data/pacts.ts';
import { namesIn } from './place-in.ts';

/** What a file of a pact is. */
export type FileKind = 'pact' | 'cases' | 'schemas';

/** Returns the least pact an agent can begin with: it may do nothing yet. */
export function firstPact(agent: string): PactFiles {
  const entry = `${agent}.pact.yaml`;
  return { entry, files: { [entry]: beginningOf(agent) } };
}

function beginningOf(agent: string): string {
  return [
    'pact: plumbline/v1',
    `agent: ${agent}`,
    'purpose: What it is for, in a sentence.',
    'owner: you@example.com',
    'autonomy: 1',
    'tools: {}',
    'allow: []',
    '',
  ].join('\n');
}

/** Returns what a file is, by what its author would call it and what stands in it. */
export function kindOf(name: string, text: string): FileKind {
  if (name.endsWith('.json')) return 'schemas';
  return /^pact\s*:/m.test(text) ? 'pact' : 'cases';
}

const MEMBERS: Readonly<Record<FileKind, string>> = {
  pact: 'extends',
  cases: 'cases',
  schemas: 'schemas',
};

const NAMES: Readonly<Record<FileKind, (agent: string) => string>> = {
  pact: () => 'base.pact.yaml',
  cases: (agent) => `${agent}.cases.yaml`,
  schemas: (agent) => `${agent}.tools.json`,
};

/** Returns a name for a new file of a kind that is not taken yet. */
export function freeName(kind: FileKind, agent: string, { files }: PactFiles): string {
  const name = NAMES[kind](agent);
  const [stem = '', ...rest] = name.split('.');
  for (let number = 2; ; number += 1) {
    const tried = number === 2 ? name : [`${stem}-${number - 1}`, ...rest].join('.');
    if (files[tried] === undefined) return tried;
  }
}

/** Returns why a name cannot be that of a file, or null. */
export function whyNotNamed(name: string, { files }: PactFiles): string | null {
  if (name === '') return 'give it a name';
  if (name.length > 200) return 'shorter: at most 200 characters';
  if (!/^[\w][\w.-]*(\/[\w][\w.-]*)*$/.test(name)) {
    return 'letters, digits, dots and dashes, with / between folders';
  }
  if (!/\.(ya?ml|json)$/.test(name)) return 'end it with .yaml, or .json for schemas';
  return files[name] === undefined ? null : 'there is a file of this name already';
}

/** Adds a file with a beginning of its kind, and names it in the first file where it may. */
export function addFile(
  pact: PactFiles,
  { name, kind, agent }: { readonly name: string; readonly kind: FileKind; readonly agent: string },
): PactFiles {
  const { entry, files } = pact;
  const text = kind === 'schemas' ? '[]\n' : kind === 'cases' ? CASES : beginningOf(agent);
  const first = files[entry] ?? '';
  const hasMember = namesIn(first).some(([step]) => step === MEMBERS[kind]);
  const named = hasMember
    ? first
    : `${first.trimEnd()}\n${MEMBERS[kind]}: ${relativeTo(entry, name)}\n`;
  return { entry, files: { ...files, [entry]: named, [name]: text } };
}

const CASES = `# Each case is one action and the verdict it must get:
# - id: what-it-shows
#   tool: name.of.a.tool
#   args: { id: '1' }
#   expect: allow
[]
`;

/** Gives a file another name, also where other files name it. */
export function renameFile(pact: PactFiles, from: string, to: string): PactFiles {
  const renamed = Object.entries(pact.files).map(([name, text]) => {
    const at = name === from ? to : name;
    return [at, name === from ? text : withReference(text, { at: name, from, to })] as const;
  });
  return { entry: pact.entry === from ? to : pact.entry, files: Object.fromEntries(renamed) };
}

/** Takes a file away; who names it will say so. */
export function removeFile({ entry, files }: PactFiles, name: string): PactFiles {
  const kept = Object.entries(files).filter(([each]) => each !== name);
  return { entry, files: Object.fromEntries(kept) };
}

/** Returns the files a pact reads, as `plumb pact publish` sends them. */
export function onlyUsed(pact: PactFiles, used: readonly string[]): PactFiles {
  const names = new Set([pact.entry, ...used]);
  const kept = Object.entries(pact.files).filter(([name]) => names.has(name));
  return { entry: pact.entry, files: Object.fromEntries(kept) };
}

/** Returns whether two sets of files are the same, to the letter. */
export function isSame(one: PactFiles, other: PactFiles): boolean {
  const names = Object.keys(one.files);
  return (
    one.entry === other.entry &&
    names.length === Object.keys(other.files).length &&
    names.every((name) => one.files[name] === other.files[name])
  );
}

type Move = { readonly at: string; readonly from: string; readonly to: string };

/** Only what follows `extends`, `schemas` and `cases` names files; elsewhere a name is a text. */
function withReference(text: string, { at, from, to }: Move): string {
  const [before, after] = [relativeTo(at, from), relativeTo(at, to)];
  const escaped = before.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const whole = new RegExp(`(?<![\\w./-])(?:\\./)?${escaped}(?![\\w./-])`, 'g');
  let isNaming = false;
  const lines = text.split('\n').map((line) => {
    const member = /^([\w]+)\s*:/.exec(line)?.[1];
    if (member !== undefined) isNaming = /^(extends|schemas|cases)$/.test(member);
    return isNaming ? line.replace(whole, after) : line;
  });
  return lines.join('\n');
}

/** Returns the path of a file as another names it. */
function relativeTo(at: string, name: string): string {
  const [from, to] = [at.split('/').slice(0, -1), name.split('/')];
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}
