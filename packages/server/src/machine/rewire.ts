import assert from 'node:assert/strict';

import type { ConfiguredServer, CommandSlots } from './configured-server.ts';
import type { LocatedList } from './located.ts';
import type { FileFormat } from './read-file.ts';

/** One change of a text: `length` characters at `offset` become `text`. */
export type Edit = { readonly offset: number; readonly length: number; readonly text: string };

/** Either the edits, or why there are none. */
export type Edits =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly why: string };

/** What is remembered of a command line, so that it comes back as it was written. */
export type Before = {
  /** The command as it stood in the text, quotes included; null where it was a word of a list. */
  readonly command: string | null;
  readonly hadWords: boolean;
};

type Text = { readonly text: string; readonly format: FileFormat };

/** Returns the text with edits made, which neither overlap nor stand at one place. */
export function edited(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((one, other) => other.offset - one.offset);
  for (const [at, { offset }] of sorted.entries()) {
    const before = sorted[at + 1];
    const end = before === undefined ? -1 : before.offset + Math.max(1, before.length);
    assert(end <= offset, `edits overlap at ${offset}`);
  }
  return sorted.reduce(
    (rest, { offset, length, text: put }) =>
      rest.slice(0, offset) + put + rest.slice(offset + length),
    text,
  );
}

/** Returns what is to be remembered of a server's command line before it is wrapped. */
export function beforeOf({ text }: Text, { reach }: ConfiguredServer): Before {
  if (reach.kind !== 'stdio') return { command: null, hadWords: false };
  const { command, words } = reach.slots;
  const written = command === null ? null : text.slice(command.start, command.end);
  return { command: written, hadWords: words !== null };
}

/** Returns the edits that put words before a server's command. Nothing else of the text changes. */
export function wrapEdits(of: Text, server: ConfiguredServer, wrapper: readonly string[]): Edits {
  const { reach } = server;
  if (reach.kind !== 'stdio') return { ok: false, why: 'is not started by a command' };
  const { slots, words } = reach;
  const [program = '', ...options] = wrapper;
  if (slots.command === null) {
    return { ok: true, edits: slots.words === null ? [] : [insertion(of, slots.words, wrapper)] };
  }
  if (slots.isOdd) return { ok: false, why: 'has `args` without a list: write `[]` there first' };
  const { start, end } = slots.command;
  const command = { offset: start, length: end - start, text: quoted(of, program) };
  const before = [...options, words[0] ?? ''];
  if (slots.words !== null) {
    return { ok: true, edits: [command, insertion(of, slots.words, before)] };
  }
  const member = memberBeside(of, slots, before);
  if (member === null) {
    return { ok: false, why: 'has a dotted name: write it as a table, or wrap it by hand' };
  }
  return { ok: true, edits: [command, member] };
}

/** JSON's quotes are quotes in all three. */
function quoted({ format }: Text, word: string): string {
  const text = JSON.stringify(word.toWellFormed());
  return format === 'toml' ? text.replaceAll('\u007f', '\\u007f') : text;
}

function lineEnd({ text }: Text): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** What stands before an offset on its line, with blanks for what is none. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return line.replaceAll(/[^\t ]/g, ' ');
}

function startsLine(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '';
}

function insertion(of: Text, list: LocatedList, words: readonly string[]): Edit {
  const { text } = of;
  const written = words.map((word) => quoted(of, word));
  const [first] = list.items;
  if (!list.hasBrackets) {
    const indent = indentAt(text, list.start);
    const lines = written.map((word) => `- ${word}${lineEnd(of)}${indent}`);
    return { offset: list.start, length: 0, text: lines.join('') };
  }
  if (first === undefined) {
    return { offset: list.start + 1, length: 0, text: written.join(', ') };
  }
  const separator = startsLine(text, first.start)
    ? `,${lineEnd(of)}${indentAt(text, first.start)}`
    : ', ';
  const inserted = written.map((word) => `${word}${separator}`).join('');
  return { offset: first.start, length: 0, text: inserted };
}

function memberBeside(
  of: Text,
  { command, key }: CommandSlots,
  words: readonly string[],
): Edit | null {
  const { text, format } = of;
  const list = `[${words.map((word) => quoted(of, word)).join(', ')}]`;
  const member =
    format === 'toml' ? `args = ${list}` : `${format === 'json' ? '"args"' : 'args'}: ${list}`;
  if (key.hasBraces) {
    const isOwnLine = format === 'json' && startsLine(text, key.start);
    const gap = isOwnLine ? `${lineEnd(of)}${indentAt(text, key.start)}` : ' ';
    return { offset: command?.end ?? 0, length: 0, text: `,${gap}${member}` };
  }
  if (key.isDotted) return null;
  const gap = `${lineEnd(of)}${indentAt(text, key.start)}`;
  return { offset: key.start, length: 0, text: `${member}${gap}` };
}

/**
 * Returns the edits that take the gateway away from before a server's command: the inverse of
 * `wrapEdits`, also in a text in which other things have changed.
 */
export function unwrapEdits(of: Text, { reach }: ConfiguredServer, before: Before | null): Edits {
  if (reach.kind !== 'stdio' || reach.wrapped === null) {
    return { ok: false, why: 'does not go through the gateway' };
  }
  const { slots, wrapped } = reach;
  const [program = ''] = wrapped.inner;
  if (slots.command === null) {
    const list = slots.words;
    return { ok: true, edits: list === null ? [] : [removal(of, list, wrapped.before)] };
  }
  const { start, end } = slots.command;
  const isSame = before?.command != null && meansWord(of, before.command, program);
  const text = isSame ? (before.command ?? '') : quoted(of, program);
  const command = { offset: start, length: end - start, text };
  if (slots.words === null) return { ok: true, edits: [command] };
  const isOurMember = before?.hadWords === false && wrapped.inner.length === 1;
  const member = isOurMember ? memberRemoval(of, slots, slots.words) : null;
  return { ok: true, edits: [command, member ?? removal(of, slots.words, wrapped.before)] };
}

/** Whether what stood there before still says the same command. */
function meansWord(of: Text, written: string, word: string): boolean {
  return written === quoted(of, word) || written.replaceAll(/^["']+|["']+$/g, '') === word;
}

function removal({ text }: Text, { items, hasBrackets, start }: LocatedList, count: number): Edit {
  const [first] = items;
  const next = items[count];
  const last = items.at(-1);
  const from = hasBrackets ? (first?.start ?? start) : start;
  if (next === undefined) return { offset: from, length: (last?.end ?? from) - from, text: '' };
  const until = hasBrackets ? next.start : text.lastIndexOf('-', next.start - 1);
  return { offset: from, length: until - from, text: '' };
}

function memberRemoval({ text }: Text, slots: CommandSlots, list: LocatedList): Edit | null {
  const { command, key, wordsStart } = slots;
  if (command === null || wordsStart === null) return null;
  if (key.hasBraces && wordsStart > command.end) {
    const isBeside = /^,\s*$/.test(text.slice(command.end, wordsStart));
    return isBeside ? { offset: command.end, length: list.end - command.end, text: '' } : null;
  }
  const isBefore = wordsStart < key.start && text.slice(list.end, key.start).trim() === '';
  return isBefore ? { offset: wordsStart, length: key.start - wordsStart, text: '' } : null;
}
