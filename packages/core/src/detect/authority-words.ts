/*
 * The words that claims of authority are made of, as sources of regular expressions. They are
 * matched without regard to case on folded text, within a window of bounded length.
 */

const area =
  'information security|cyber ?security|it security|corporate security|internal audit|' +
  'human resources|law enforcement|trust (?:and|&) safety|board of directors|executive board|' +
  'tax authority|data protection|head ?office|headquarters|help ?desk|internal affairs|' +
  'infosec|secops|devops|it|hr|legal|security|compliance|finance|payroll|accounting|audit|' +
  'fraud|risk|management|police|fbi|cia|nsa|irs|openai|anthropic|google|microsoft|board|red team';

const unit = 'departments?|dept|teams?|desk|office|support|division|unit|staff|operations|helpdesk';

/** A part of an organisation that others obey: `IT`, `the security team`. */
export const BODY: string = `(?:(?:corporate|central|group) )?(?:${area})(?: (?:${unit}))?`;

/** The same with a word that makes it one for certain: `security team`. */
export const UNIT: string = `(?:${area}) (?:${unit})`;

const rank =
  'new|senior|chief|deputy|acting|regional|global|internal|external|official|authori[sz]ed|' +
  'information|corporate|company|systems?|site|network|account|database|security|compliance|it|' +
  'lead|platform|server|domain|data|tax|cyber';

const officer =
  'administrators?|sysadmins?|sys admins?|admins?|super ?users?|ceo|cfo|cto|coo|ciso|cio|dpo|' +
  'chief (?:[a-z]+ ){1,2}officer|chief executive|(?:data protection|security|compliance) officer|' +
  'auditors?|inspector|investigator|supervisor|managing director|general director|detective|' +
  `vice president|vp of [a-z]+|head of (?:${area})|director of (?:${area})|` +
  '(?:shift|duty|store|branch|floor|regional|general|security|it) manager|' +
  `(?:person in charge|responsible) (?:of|for) (?:${area})|senior official|operator|` +
  `(?:${area}) director|owner of this (?:system|account|server|agent)`;

/** A person others obey: `the new system administrator`. */
export const OFFICER: string = `(?:(?:${rank}) ){0,3}(?:${officer})`;

/** The makers of an agent, who have no say in a session either. */
export const MAKER: string =
  '(?:openai|anthropic|google deepmind|your (?:developers?|creators?|makers?|operator|engineers?))';

/** What others ask the reader to do: without it a role is only an introduction. */
export const DEMAND: RegExp = new RegExp(
  String.raw`\b(?:needs?|requires?|must|please|pls|give|send|provide|grant|export|override|reset|` +
    'disable|enable|unlock|share|tell me|show|list|delete|remove|transfer|wire|hand over|reveal|' +
    'approve|process|proceed|continue|go (?:on|ahead)|run|execute|dump|print|open|release|skip|' +
    'ignore|bypass|waive|confirm|enter|apply|whitelist|do as|does not apply|switch off|turn off|' +
    'pull|you (?:can|may|should|have to)|(?:order|instruct|direct|authori[sz]e|want)(?:ing)? you|' +
    String.raw`(?:hereby|demand|forward|output|obtain|drop|pay))\b`,
);

/** What stands before a claim that somebody else is said to make, or that is none. */
export const REPORTED: RegExp = new RegExp(
  '(?:^|[^a-z])(?:if|when|whether|says?|said|saying|claims?|claimed|claiming|pretend[a-z]*|' +
    'imagine|never|not|nobody|anyone|someone|told you)' +
    String.raw`(?:[^a-z.!?\n][^.!?\n]{0,24})?$`,
);
