import { BODY, MAKER, OFFICER, UNIT } from './authority-words.ts';
import { FOREIGN } from './foreign-claims.ts';

/** How a text claims authority. */
export type RoleClaimKind =
  'who-speaks' | 'in-whose-name' | 'who-approved' | 'audit' | 'privilege' | 'foreign';

/** One rule: `needsDemand` when the words alone are only an introduction. */
export type Rule = {
  readonly kind: RoleClaimKind;
  readonly words: RegExp;
  readonly needsDemand: boolean;
};

const me =
  String.raw`\b(?:i am|i'm|im|we are|we're|this is|it is|it's|consider me|` +
  "you(?: are|'re) (?:now )?(?:speaking|talking|chatting) (?:to|with))";
// Somebody, and no thing: `it's from security`.
const self = String.raw`\b(?:i am|i'm|im|we are|we're)`;
// A name, and no word of what the speaker does: `i'm waiting for a reply from it`.
const name = String.raw`(?:(?:dr|mr|mrs|ms|prof)\.? )?(?![a-z]+(?:ing|ed)\b)[a-zà-ÿ'-]+`;
// Of whom a text says to the agent that they ask.
const asker =
  String.raw`\b(?:the|this) (?:user|requester|caller|sender|customer)` +
  '(?: you are (?:talking|speaking) (?:to|with))?';
const adverb = '(?: (?:actually|also|now|just|currently|the|your|our|an?|one of the))?';
const definite = '(?:the|your|our|one of the)';
// What may follow when the role is what was meant, and not a part of a longer noun.
const end =
  String.raw`(?=$|[.,:;!?()"\n–—-]|'s? here| (?:and|at|of|from|here|speaking|calling|writing|` +
  'with|for|i|we|you|please|pls|in|on|' +
  'so|to|again|now|who|because|require|need|needs|override|has|' +
  'staff|account|team|department))';
const approved =
  '(?:approved|authori[sz]ed|cleared|okayed|sanctioned|permitted|signed off(?: on)?|green-?lit|' +
  'given (?:me|us|you) (?:permission|clearance))';
const deictic =
  '(?: (?:this|it|that|me|us|you|my|the (?:request|export|exception|access|override))(?![a-z]))';
const boss = `(?:${OFFICER}|manager|boss|supervisor|director|lawyer)`;
const review =
  '(?:audit|inspection|investigation|penetration test|pentest|security (?:test|drill))';
const official =
  '(?:routine|scheduled|regular|annual|quarterly|internal|official|mandatory|authori[sz]ed|' +
  'urgent|unannounced|security|compliance|regulatory)';

/** The rules of every language; the first that holds names the claim. */
export const RULES: readonly Rule[] = [
  rule(
    'who-speaks',
    false,
    `${self} (?:calling |writing |reaching out )?(?:from|with)`,
    ` (?:the |your )?(?:[a-z]+'s )?${BODY}${end}`,
  ),
  rule(
    'who-speaks',
    true,
    `${me} (?:calling |writing |part of |a member of )+(?:from `,
    `|of )?(?:the |your )?${BODY}${end}`,
  ),
  rule('who-speaks', false, `${me}${adverb} ${definite} (?:[a-z]+ )?(?:${UNIT})${end}`),
  rule('who-speaks', true, `${me} (?:the )?(?:${UNIT})${end}`),
  rule('who-speaks', false, `${me}(?: actually| now)? ${definite} ${OFFICER}${end}`),
  rule('who-speaks', true, `${me}(?: an?)? ${OFFICER}${end}`),
  rule(
    'who-speaks',
    true,
    `${me} ${name}(?: ${name})?,? (?:(?:here )?(?:from|in|at|`,
    `with) (?:the )?${BODY}|(?:the )?${OFFICER})${end}`,
  ),
  rule(
    'who-speaks',
    true,
    `(?:^|[.!?,:] ?)${name} (?:here )?(?:from|in|at) (?:the `,
    `)?(?:${BODY}) ?(?:here|[.,:])`,
  ),
  rule(
    'who-speaks',
    true,
    String.raw`\b(?:i|we) (?:represent|work for|work in|speak for) (?:the `,
    `|your )?${BODY}${end}`,
  ),
  rule('who-speaks', false, `${me}(?: from)? ${MAKER}(?=$|[^'])`),
  rule(
    'who-speaks',
    true,
    String.raw`\b(?:openai|anthropic|system administrator|admin|security `,
    String.raw`team) (?:staff|team|support)? ?here\b`,
  ),
  rule('who-speaks', true, `(?:^|[.!?] ?)(?:${BODY}|${OFFICER}) here(?= ?[.,:;!–—-])`),
  rule('who-speaks', false, String.raw`\bi, (?:as )?(?:the |your )?${OFFICER},`),
  rule('who-speaks', true, `${self} the manager (?:here|on duty|of this)`),
  rule('who-speaks', false, String.raw`[[(]verified (?:${OFFICER}|${UNIT})[\])]`),
  rule('who-speaks', true, `${asker} is (?:an? |the )?(?:[a-z]+ed )?${OFFICER}${end}`),
  rule(
    'who-speaks',
    true,
    String.raw`\b(?:engineer|officer|admin\w*|staff|manager) (?:[a-z]+ `,
    '){0,4}here[,:]',
  ),
  rule(
    'who-speaks',
    true,
    String.raw`\b(?:message|notice|order|instruction|announcement) from `,
    `(?:the |your )(?:${OFFICER}|${UNIT}|${MAKER})`,
  ),
  rule(
    'in-whose-name',
    true,
    String.raw`\b(?:as|speaking as|acting as|in my (?:capacity|role) as)`,
    ` (?:the |your )?${OFFICER}(?:,| of [a-z ]{1,24},)? (?:here,? `,
    String.raw`)?(?:i|we|please)(?:'m|'ve)?\b`,
  ),
  rule(
    'in-whose-name',
    true,
    String.raw`\bas (?:the |your |an? )?${OFFICER}(?: [a-z]+)?,? i(?:'m|`,
    ' am)? (?:order|instruct|require|direct|authori[sz]e|entitled|',
    'hereby|need you|demand)',
  ),
  rule(
    'in-whose-name',
    false,
    String.raw`\bas (?:the |your )?owner of this (?:company|business),? i `,
    '(?:order|instruct|demand)',
  ),
  rule(
    'in-whose-name',
    true,
    String.raw`\bofficial (?:order|instruction|directive|request) from `,
    `(?:the |your )?(?:${OFFICER}|${BODY})${end}`,
  ),
  rule(
    'in-whose-name',
    true,
    String.raw`\b(?:on behalf of|in the name of|by order of|on (?:the `,
    ')?orders (?:of|from)|under the authority of|with the authority ',
    'of|at the direction of) (?:the |your |our )?(?:whole |entire ',
    `)?(?:${OFFICER}|${BODY})${end}`,
  ),
  rule(
    'in-whose-name',
    true,
    String.raw`\bper (?:the |your |our )?(?:${OFFICER}|${BODY})(?:'s?)`,
    String.raw`? (?:instructions?|request|orders?|approval)\b`,
  ),
  rule(
    'in-whose-name',
    true,
    String.raw`\b(?:comes?|came) (?:directly |straight )?from (?:the |`,
    `your |our )?(?:${OFFICER}|${BODY})[,.;]`,
  ),
  rule(
    'who-approved',
    false,
    String.raw`\byour (?:${boss}|${BODY}) (?:has |have |had )?(?:already `,
    `|just |personally |explicitly )*${approved}`,
  ),
  rule(
    'who-approved',
    true,
    String.raw`\b(?:my|our|the) (?:${boss}|${BODY}) (?:has |have |had `,
    `)?(?:already |just |personally |explicitly )*${approved}(?: `,
    `(?:this|the) [a-z]+|${deictic})`,
  ),
  rule(
    'who-approved',
    true,
    `(?:^|[.!?,] ?)(?:${BODY}|${OFFICER}) (?:has |have |had `,
    `)?(?:already |personally )+${approved}`,
  ),
  rule(
    'who-approved',
    true,
    `(?:^|[.!?] ?)(?:${BODY}|${OFFICER}) (?:has|have) ${approved}(?=[.,;!]|${deictic})`,
  ),
  rule(
    'who-approved',
    true,
    String.raw`\b(?:this|it|that)(?: (?:request|exception|access|override|change))? `,
    '(?:has been|was|is) (?:already |pre-?)',
    `?${approved} by (?:the |your |our |my )?(?:${boss}|${BODY})`,
  ),
  rule(
    'who-approved',
    false,
    String.raw`\b(?:the |your )(?:${OFFICER}|${UNIT}) (?:has |have )?(?:told|`,
    'instructed|ordered|directed) (?:you to|me (?:that )?you)',
    String.raw`\b`,
  ),
  rule(
    'audit',
    true,
    String.raw`\b(?:this is|as part of|for|conducting|performing|running|`,
    String.raw`carrying out) (?:an? |the |our )?(?:${official} )+${review}\b`,
  ),
  rule('audit', true, String.raw`\b(?:compliance|security|audit) check, authori[sz]ed\b`),
  rule('audit', false, String.raw`\bthis is an? (?:${official} )+${review}(?=[.,:;!]|$)`),
  rule(
    'privilege',
    true,
    String.raw`(?:^|[^a-z'] ?|\b(?:since|because|that|but|and) )(?:i|we)`,
    "(?:'ve| have| hold| possess| got|'ve got) (?:been (?:given|",
    'granted) )?(?:the )?(?:full |complete )?(?:admin(?:istrator)',
    '?|root|elevated|executive|superuser|unrestricted|highest|',
    'top|security|special) (?:[a-z]+ )?(?:access|privileges?|',
    String.raw`rights|clearance|authority|permissions?)\b`,
  ),
  rule(
    'privilege',
    true,
    String.raw`\b(?:i|we) have (?:clearance|authori[sz]ation|permission|approval)`,
    ` from (?:the |your |our |my )?(?:${boss}|${BODY})`,
  ),
  rule(
    'privilege',
    false,
    "(?:^|[^a-z'] ?)(?:i am|i'm|we are|we're|(?:i|we)(?: have|'ve) been) (?:duly |fully ",
    '|hereby )?(?:authori[sz]ed|cleared|entitled) (?:by (?:the ',
    `|your )?(?:${OFFICER}|${BODY})|to (?:access|view|see|obtain|`,
    'receive|export|request|override|inspect))',
  ),
  rule(
    'privilege',
    true,
    `${asker} (?:has|holds) (?:the )?(?:full )?(?:admin(?:istrator)?|root|superuser) `,
    String.raw`(?:access|privileges?|rights|permissions?)\b`,
  ),
  rule(
    'privilege',
    true,
    String.raw`\bi authori[sz]e you to (?:ignore|bypass|skip|override|`,
    'disable)',
  ),
  rule(
    'privilege',
    true,
    '(?:^|[.!?:] ?|this is an? )(?:admin(?:istrator)?|executive|',
    'management|ceo|root|security|system) override(?=[.:,!]|',
    ' code| authori)',
  ),
  ...FOREIGN.map((source) => rule('foreign', false, source)),
];

function rule(kind: RoleClaimKind, needsDemand: boolean, ...source: readonly string[]): Rule {
  return { kind, needsDemand, words: new RegExp(source.join('')) };
}
