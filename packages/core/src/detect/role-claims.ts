import { collapse, fold } from '../provenance/normalise.ts';
import { type RoleClaimKind, RULES } from './authority-rules.ts';
import { DEMAND, REPORTED } from './authority-words.ts';
import { plainLetters } from './plain-letters.ts';

/** One claim: how it is made, and its words as they were folded, at most 120 characters. */
export type RoleClaim = { readonly kind: RoleClaimKind; readonly words: string };

/** A part of a text around a word of authority: in lower case, and as it was written. */
type Window = { readonly text: string; readonly asWritten: string };

const SPACED = /(?<![a-z])[a-z](?:([ .*_-])[a-z])(?:\1[a-z]){3,}(?![a-z])/gi;
const DIGIT_IN_WORD = /(?<=[a-z])[013457$](?=[a-z]|\b)/gi;
const LETTER_OF: ReadonlyMap<string, string> = new Map(
  Object.entries({ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', $: 's' }),
);

const MOST_TEXT = 65_536;
const MOST_WINDOWS = 1_000;
const MOST_CLAIMS = 8;
const BEFORE = 120;
const AFTER = 240;
const MOST_WORDS = 120;

// Beginnings of the words of authority: all that is looked for in the whole of a text.
const NOUN = new RegExp(
  String.raw`\b(?:(?:from|with|in|at|the|your|as|of|im|per) it\b|` +
    'it[ -](?:dep|team|desk|sup|sec|help|staff|admin|div|abt|sic|man)|hr\\b|' +
    '(?:c[eftio]o|ciso|dpo|fbi|cia|nsa|irs|pdg|vp|ti)\\b|admin|sys ?admin|' +
    'systemadmin|super ?user|root |chief|head ?(?:of|office|quarters)|human resources|legal|' +
    'security|sicherheits|complian|corporate|payroll|accounting|audit|fraud|risk (?:team|dep)|' +
    'management|law enf|trust (?:and|&) s|board|executive|tax auth|data prot|help ?desk|infosec|' +
    'secops|devops|police|polizei|policía|la police|openai|anthropic|google|microsoft|internal |' +
    'manager|boss|supervis|director|directeur|inspect|investig|detective|vice pres|official|' +
    'operator|owner of this|person in charge|responsible|developer|creator|maker|engineer|staff|' +
    'lawyer|red team|penetration|pentest|privilege|clearance|authori|override|entitled|cleared|' +
    'full access|geschäfts|revision|personalabt|rechtsabt|edv|buchhalt|chef|vorgesetz|vorstand|' +
    'datenschutz|service |équipe|support info|responsable|auditeur|sistemas|seguridad|jefe|' +
    'gerente|departamento|soporte|finance|cleared)',
  'g',
);

// What every rule has somewhere; most windows have none of it.
const OPENING = new RegExp(
  String.raw`\b(?:i|im|i'm|i've|we|we're|we've|this|it's|it|you|your|me|here|as|behalf|name|` +
    'orders?|authority|direction|per|has|from|my|our|the|for|conducting|performing|running|' +
    String.raw`override|check)\b|ich|wir|als|auftrag|ihr|dein|hier|suis|ici|tant|votre|soy|` +
    'somos|habl|escribo|llamo|su |tu ',
);

/**
 * Returns the claims of a role or of authority in a text, at most eight. A claim is a finding,
 * never an input: nothing is allowed or refused because of it.
 *
 * Linear in the text: rules are tried only in windows of bounded length around words of authority.
 * The first 64 Ki characters are looked at, and 1,000 windows.
 * Source: spec/detect.md.
 */
export function findRoleClaims(text: string): readonly RoleClaim[] {
  const folded = unspaced(collapse(fold(plainLetters(text.slice(0, MOST_TEXT)))));
  const claims: RoleClaim[] = [];
  for (const window of windowsOf(folded)) {
    const claim = claimIn(window);
    if (claim !== null) claims.push(claim);
    if (claims.length >= MOST_CLAIMS) return claims;
  }
  return claims;
}

// Letters set apart from one another, and digits for letters within a word.
function unspaced(text: string): string {
  const joined = text.replaceAll(SPACED, (letters) => letters.replaceAll(/[^a-z]/gi, ''));
  return joined.replaceAll(DIGIT_IN_WORD, (digit) => LETTER_OF.get(digit) ?? digit);
}

// Lower case hardly ever moves a place, and never by much.
function* windowsOf(folded: string): Generator<Window> {
  const text = folded.toLowerCase();
  let until = 0;
  let windows = 0;
  for (const { index } of text.matchAll(NOUN)) {
    if (index < until) continue;
    windows += 1;
    if (windows > MOST_WINDOWS) return;
    until = index + AFTER / 2;
    const from = Math.max(0, index - BEFORE);
    yield { text: text.slice(from, index + AFTER), asWritten: folded.slice(from, index + AFTER) };
  }
}

function claimIn({ text, asWritten }: Window): RoleClaim | null {
  if (!OPENING.test(text)) return null;
  for (const { kind, words, needsDemand } of RULES) {
    const match = words.exec(text);
    if (match === null || isOther({ text, asWritten }, match)) continue;
    if (needsDemand && !DEMAND.test(text.slice(match.index).replace(match[0], ' '))) continue;
    return claimOf(kind, match[0]);
  }
  return null;
}

// Somebody else is quoted, or `it` is no department.
function isOther({ text, asWritten }: Window, match: RegExpExecArray): boolean {
  if (REPORTED.test(text.slice(0, match.index))) return true;
  if (!/\b(?:from|with|in|at|the) it$/.test(match[0])) return false;
  return !/\bIT\b/.test(asWritten) && !/^ ?(?:i'?m|this is [^ ]+) from it$/.test(match[0]);
}

function claimOf(kind: RoleClaimKind, words: string): RoleClaim {
  return { kind, words: words.trim().slice(0, MOST_WORDS) };
}
