import { RE2JS } from 're2js';

import { normalise } from '../provenance/normalise.ts';

/** What speaks to the model behind a person's back, and where in the text it stands. */
export type HiddenSign = { readonly sign: Sign; readonly excerpt: string };

/** The kinds of signs. Source: spec/mcp.md, section "What the scanner looks for". */
export type Sign =
  | 'invisible'
  | 'tag-characters'
  | 'direction'
  | 'control'
  | 'blank-run'
  | 'comment'
  | 'override'
  | 'directive'
  | 'concealment'
  | 'other-tools'
  | 'secrets'
  | 'too-long';

/** A sign and the patterns any of which shows it. */
type Phrases = readonly [Sign, readonly string[]];

/** Longer text is not read; it is a sign of its own. UTF-16 units. */
const MOST_CHARS = 65_536;
const EXCERPT_CHARS = 80;

// In the text as it came: what a person does not see and a model reads.
const UNSEEN: readonly Phrases[] = [
  ['tag-characters', ['[\\x{E0000}-\\x{E007F}\\x{E0100}-\\x{E01EF}]']],
  [
    'invisible',
    [
      '[\\x{00AD}\\x{034F}\\x{115F}\\x{1160}\\x{180E}\\x{200B}\\x{2060}-\\x{2064}]',
      '[\\x{206A}-\\x{206F}\\x{3164}\\x{FEFF}\\x{FFA0}]',
      '[\\x{200C}\\x{200D}]{2}',
      '[\\x{FE00}-\\x{FE0F}]{2}',
      '[a-zA-Z][\\x{200C}\\x{200D}]+[a-zA-Z]',
    ],
  ],
  ['direction', ['[\\x{200E}\\x{200F}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}]']],
  ['control', ['[\\x{00}-\\x{08}\\x{0B}\\x{0C}\\x{0E}-\\x{1F}\\x{7F}-\\x{9F}]']],
  ['blank-run', ['[ \\t]{80}', '(?:\\r?\\n[ \\t]*){12}']],
  ['comment', ['<!--']],
];

// What moves data or runs something, in any of its forms.
const MOVES =
  '\\b(?:send|forward|post|upload|transmit|mail|bcc|cop(?:y|ie)|attach|include|append|pass' +
  '|collect|record|read|fetch|call|invoke|run|execute|use|perform|insert|add)' +
  '(?:s|es|ed|ing)?\\b';

const WHICH = '(?:the|an?|all|each|every|any|its)';

// In the text as every comparison sees it: folded, in lower case, blanks as one.
const SAID: readonly Phrases[] = [
  [
    'override',
    [
      '\\b(?:ignore|disregard|forget|override|bypass)\\b.{0,30}' +
        '\\b(?:previous|prior|above|earlier|preceding|existing|all|any|your|system)\\b.{0,20}' +
        '\\b(?:instructions?|prompts?|rules?|guidelines?|directions?|context|polic(?:y|ies))\\b',
    ],
  ],
  [
    'directive',
    [
      '<\\/? ?(?:important|system|secret|instructions?|assistant)\\b[^<>]{0,40}>',
      '<\\/? ?(?:hidden|critical|admin|priority)\\b[^<>]{0,40}>',
      '\\[\\/?(?:system|inst|important|instructions?)\\]',
      '<\\|[a-z_]{2,24}\\|>',
      '#{2,} ?(?:system|instructions?)\\b',
      '\\b(?:system|developer) prompt\\b',
      '\\byou are now\\b',
      '\\bnew instructions?\\b',
    ],
  ],
  [
    'concealment',
    [
      "\\b(?:do not|don't|never|must not|without)\\b.{0,20}" +
        '\\b(?:tell|mention|inform|reveal|show|notify|alert|ask)(?:ing)?\\b.{0,30}' +
        '\\b(?:users?|humans?|persons?|people|anyone|anybody|them)\\b',
      '\\b(?:secretly|covertly)\\b',
      // An operation may succeed, fail or skip silently; what is moved or run so is kept quiet.
      `\\bsilently ${MOVES}`,
      `${MOVES} (?:it |them |this |${WHICH} (?:[^ .,;]+ ){1,3})?silently\\b`,
      '\\bhid(?:e|den) (?:this|it) from\\b',
    ],
  ],
  [
    'other-tools',
    [
      '\\b(?:before|after|whenever|when|each time|every time)\\b.{0,20}' +
        '\\b(?:using|calling|invoking|running|you use|you call)\\b.{0,20}' +
        '\\b(?:any|every|all|another|other)\\b.{0,20}\\btools?\\b',
      '\\binstead of (?:using |calling )?(?:the )?[a-z0-9_.`-]{1,64} tool\\b',
      '\\b(?:must|always) (?:first )?(?:call|use|invoke|read|run) ' +
        '(?:this|the [a-z0-9_.`-]{1,64}) (?:tool|file)?\\b.{0,20}\\b(?:first|before)\\b',
    ],
  ],
  [
    'secrets',
    [
      '(?:~|\\$home|/root|/home/[a-z0-9_-]{1,32})/\\.' +
        '(?:ssh|aws|gnupg|config|cursor|kube|netrc|npmrc)\\b',
      '\\bid_(?:rsa|ed25519|ecdsa)\\b',
      '\\b(?:mcp|claude_desktop_config)\\.json\\b',
      '\\b(?:pass|send|include|provide|put|attach|upload)\\b.{0,40}' +
        '\\b(?:contents?|conversation|chat history|environment variables|api keys?' +
        '|credentials|passwords?|private keys?|access tokens?)\\b.{0,60}' +
        '\\b(?:parameter|argument|field|sidenote|as input)\\b',
    ],
  ],
];

let compiled: { readonly unseen: Patterns; readonly said: Patterns } | null = null;

type Patterns = readonly (readonly [Sign, RE2JS])[];

/**
 * Returns the signs that a text of a tool's author speaks to the model behind a person's back: what
 * is invisible, and phrases that command it. Each sign once, with the first place it stands at.
 *
 * A sign is no proof, and its absence none either: it is a reason for a person to look.
 * Source: spec/mcp.md, section "What the scanner looks for".
 */
export function findHiddenInstructions(text: string): readonly HiddenSign[] {
  if (text.length > MOST_CHARS) {
    return [{ sign: 'too-long', excerpt: excerptOf(text, 0) }];
  }
  const { unseen, said } = (compiled ??= { unseen: compile(UNSEEN), said: compile(SAID) });
  return [...signsIn(text, unseen), ...signsIn(normalise(text), said)];
}

function compile(phrases: readonly Phrases[]): Patterns {
  return phrases.map(([sign, any]) => [sign, RE2JS.compile(any.join('|'))] as const);
}

function signsIn(text: string, patterns: Patterns): readonly HiddenSign[] {
  return patterns.flatMap(([sign, pattern]) => {
    const matcher = pattern.matcher(text);
    return matcher.find() ? [{ sign, excerpt: excerptOf(text, matcher.start()) }] : [];
  });
}

/** What is not printable ASCII is written out, so that nobody is shown what cannot be seen. */
function excerptOf(text: string, at: number): string {
  const shown = text.slice(Math.max(0, at - 8), at + EXCERPT_CHARS);
  return shown.replaceAll(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
