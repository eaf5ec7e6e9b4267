/** Returns the words of a name or sentence, stemmed: lower case, split at case and punctuation. */
export function wordsIn(text: string): readonly string[] {
  return splitWords(text).map(stem);
}

function splitWords(text: string): readonly string[] {
  const apart = text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return apart.match(/[a-z]+/g) ?? [];
}

/** Returns a stemmed word as a text spells it. */
export function spelledIn(text: string, word: string): string {
  return splitWords(text).find((written) => stem(written) === word) ?? word;
}

/** A rough stem: enough to match `emails` with `email` and `scheduling` with `schedule`. */
function stem(word: string): string {
  if (word.length <= 3) return word;
  const base = word
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/([^s])s$/, '$1')
    .replace(/(ing|ed)$/, '');
  const undoubled = base.replace(/([bdgmnprt])\1$/, '$1');
  return undoubled.length < 3 ? word : undoubled.replace(/e$/, '');
}

function stems(words: string): ReadonlySet<string> {
  return new Set(words.split(' ').map(stem));
}

/** Verbs that look at the world. */
const readVerbs = stems(
  'get list read search find fetch query lookup look show view check describe count browse ' +
    'retrieve return summarize compare calculate compute download inspect watch monitor validate ' +
    'is has who what when resolve convert translate parse analyze estimate recommend suggest ' +
    'think reason',
);

/** Verbs that send something out, or to somebody. */
const sendVerbs = stems(
  'send mail email message post publish notify forward reply respond tweet announce invite share ' +
    'broadcast pay transfer remit wire text call submit dispatch alert',
);

/** Verbs that change something. */
const writeVerbs = stems(
  'create add make update change modify edit set delete remove cancel clear append insert write ' +
    'put upload move rename copy schedule reschedule book reserve assign approve ' +
    'reject close open ' +
    'archive restore grant revoke reset enable disable start stop run execute import order buy ' +
    'purchase refund issue register subscribe unsubscribe merge deploy install apply save store ' +
    'replace patch adjust mark tag label complete accept decline kick ban join leave',
);

/** Verbs whose effect cannot be taken back. */
const finalVerbs = stems('delete remove send pay transfer wire remit publish post purge wipe mail');

/** What a word says a call does; `final` marks what cannot be undone. */
export type Deed = { readonly effect: 'read' | 'write' | 'send'; readonly isFinal: boolean };

/** Returns what a stemmed word says a call does, or null for a word that is no verb here. */
export function deedOf(word: string): Deed | null {
  const isFinal = finalVerbs.has(word);
  if (readVerbs.has(word)) return { effect: 'read', isFinal: false };
  if (sendVerbs.has(word)) return { effect: 'send', isFinal };
  return writeVerbs.has(word) ? { effect: 'write', isFinal } : null;
}

// Words that business language uses for one another; a word may be in several rows.
const kinships: readonly ReadonlySet<string>[] = [
  'send email mail message reply respond write forward notify tell inform contact text post',
  'post publish upload announce share',
  'pay transfer send wire refund remit settle reimburse payment money bill invoice transaction',
  'create add make register insert generate draft start save put new open set write',
  'schedule book reserve plan arrange appoint reservation booking',
  'update change modify edit adjust move reschedule rename correct replace append set write add',
  'delete remove cancel clear clean drop discard revoke kick',
  'manage add remove invite update',
  'invite join enroll onboard add',
  'share grant give access',
  'email mail inbox',
  'event appointment meeting calendar reminder remind',
  'file document folder drive attachment',
  'money payment bill invoice transaction amount subscription order',
  'user person people member colleague customer client contact',
  'web webpage page website site url link article blog',
  'password credential passcode',
  'account profile info information address detail',
  'standing recurring scheduled schedule regular subscription order',
].map(stems);

/** Returns the rows of related words a word stands in. */
export function kinOf(word: string): readonly number[] {
  return kinships.flatMap((row, index) => (row.has(word) ? [index] : []));
}

/** Returns whether two stemmed words are the same or used for one another. */
export function areKin(left: string, right: string): boolean {
  return left === right || kinships.some((row) => row.has(left) && row.has(right));
}

const strangerWords = stems(
  'mail email inbox message chat thread comment review post feed forum ticket webpage web page ' +
    'url website internet http file document attachment note drive upload transcript ' +
    'article news ' +
    'tweet conversation reply feedback',
);
const openWords = stems('web webpage website internet http url browse crawl');

/** Returns whether a stemmed word names content that strangers write. */
export function isStrangers(word: string): boolean {
  return strangerWords.has(word);
}

/** Returns whether a stemmed word says that a call leaves for the open world. */
export function isOpenWord(word: string): boolean {
  return openWords.has(word);
}

const qualifiers: ReadonlySet<string> = new Set(
  'by for from in to with of at on via per'.split(' '),
);

/** Returns the words of a tool's name, its namespace last, without the small words between. */
export function nameWords(name: string): readonly string[] {
  const { own, space } = partsOf(name);
  return [...own.filter((word) => !qualifiers.has(word)), ...space];
}

/** Like `nameWords`, only up to the first qualifier: `search_contacts_by_email`. */
export function headWords(name: string): readonly string[] {
  const { own, space } = partsOf(name);
  const end = own.findIndex((word, index) => index > 0 && qualifiers.has(word));
  return [...(end < 0 ? own : own.slice(0, end)), ...space];
}

function partsOf(name: string): { own: readonly string[]; space: readonly string[] } {
  const segments = name.split(/[.:/]/);
  const own = wordsIn(segments.pop() ?? '');
  return { own, space: segments.flatMap(wordsIn) };
}

const stopWords = stems(
  'a an the and or of to in on for with by from at as is are be my me i you your ' +
    'our their his her ' +
    'it its this that these those all any some please can could would will then than ' +
    'so if not no ' +
    'do does into out up about also given new one two user list data info current specific',
);

/** Returns the words of a text that carry meaning, each once. */
export function contentWords(text: string): ReadonlySet<string> {
  return new Set(wordsIn(text).filter((word) => word.length > 1 && !stopWords.has(word)));
}

const freeText = stems(
  'body content text message description subject title summary comment note review ' +
    'snippet caption ' +
    'bio about memo reference detail remark reason feedback answer question html ' +
    'markdown location venue command cmd code script expression thought prompt instruction',
);
const programText = stems('command cmd code script');
const programWords = stems('bash shell terminal command run execute python code script cell');

const systemText = stems('id uuid date time timestamp status type kind size count read version');

/** Returns whether a field's or argument's name says that people write prose into it. */
export function isFreeText(name: string): boolean {
  return wordsIn(name).some((word) => freeText.has(word));
}

/** Returns whether an argument's name says that it holds a program or a command line. */
export function isProgramText(name: string): boolean {
  return wordsIn(name).some((word) => programText.has(word));
}

/** Returns whether a text says that programs or command lines are run. */
export function saysProgramsRun(text: string): boolean {
  return wordsIn(text).some((word) => programWords.has(word));
}

/** Returns whether a field's name says that the system fills it in. */
export function isSystemField(name: string): boolean {
  const last = wordsIn(name).at(-1);
  return last !== undefined && systemText.has(last);
}

const timely = stems(
  'date time day week month year hour minute start end begin until since duration timezone when',
);

/** Returns whether an argument's name says that it is a moment or a span of time. */
export function isTimely(name: string): boolean {
  return wordsIn(name).some((word) => timely.has(word));
}
