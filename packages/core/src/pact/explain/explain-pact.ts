import { spanText, windowText } from '../analysis/setting-values.ts';
import type { AllowDocument, ApprovalDocument, PactDocument, RuleDocument } from '../document.ts';
import type { LoadedPact } from '../load.ts';
import { conditionWords } from './condition-words.ts';
import { stagingLines } from './staging-words.ts';
import { undoLines } from './undo-words.ts';

/** A heading and the sentences under it. */
export type Section = { readonly title: string; readonly lines: readonly string[] };

/**
 * Returns a pact in plain sentences for a person who owns the product: what the agent may do, never
 * does, must ask for, and what each task narrows. Sections without a sentence are left out.
 */
export function explainPact({ documents }: LoadedPact): readonly Section[] {
  const [own] = documents;
  if (own === undefined) return [];
  const sections = documents.flatMap((document, index) => {
    const prefix = index === 0 ? '' : `${document.file}: `;
    return sectionsOf(document).map(({ title, lines }) => ({ title: `${prefix}${title}`, lines }));
  });
  return [about(own, documents.length), ...sections].filter(({ lines }) => lines.length > 0);
}

const levels = {
  1: 'It only reads: it may change nothing and reach nothing outside, whatever the rules say.',
  2: 'It may change things, within the lists below.',
  3: 'It may do things of high impact; a person approves what cannot be undone.',
} as const;

function about(document: PactDocument, layers: number): Section {
  const extended = layers > 1 ? [`${layers - 1} more pact(s) narrow this one.`] : [];
  const lines = [
    document.purpose,
    levels[document.autonomy.value],
    `Questions go to ${document.owner}.`,
    ...extended,
  ];
  return { title: `\`${document.agent.value}\``, lines };
}

function sectionsOf(document: PactDocument): readonly Section[] {
  return [
    { title: 'It may', lines: document.allow.map(allowLine) },
    { title: 'It never', lines: neverLines(document) },
    { title: 'It must ask', lines: askLines(document) },
    { title: 'It waits', lines: waitLines(document) },
    { title: 'It changes what it was about to do', lines: modifyLines(document) },
    { title: 'Per task', lines: taskLines(document) },
    { title: 'It comes on by steps', lines: stagingLines(document) },
    { title: 'When things go wrong', lines: guardLines(document) },
    { title: 'What people can take back', lines: undoLines(document) },
  ];
}

function subject(rule: RuleDocument): string {
  const tools = rule.tools.map(({ value }) => `\`${value}\``).join(', ');
  return rule.output === null ? tools : `an answer (${rule.output.value})`;
}

function conditions({ when, unless }: RuleDocument): string {
  const parts = [
    ...(when === null ? [] : [`when ${conditionWords(when.ast)}`]),
    ...(unless === null ? [] : [`unless ${conditionWords(unless.ast)}`]),
  ];
  return parts.length === 0 ? '' : ` ${parts.join(', ')}`;
}

function observed({ mode }: RuleDocument): string {
  return mode === 'observe' ? ' (only recorded for now)' : '';
}

function allowLine(rule: AllowDocument): string {
  const limits = rule.limits.map(
    ({ calls, per }) => `at most ${calls} call(s) per ${windowText(per)}`,
  );
  const budgets = rule.budgets.map(
    ({ sum, max, per }) => `at most ${max} of \`${sum.value}\` per ${windowText(per)}`,
  );
  const bounds = [...limits, ...budgets].map((bound) => `; ${bound}`).join('');
  return `use ${subject(rule)}${conditions(rule)}${bounds}${observed(rule)}.`;
}

function neverLines({ exclude, unlisted }: PactDocument): readonly string[] {
  const rules = exclude.map((rule) => {
    const say = rule.say === null ? '' : ` It is told: “${rule.say}”`;
    return `uses ${subject(rule)}${conditions(rule)}${observed(rule)}.${say}`;
  });
  const stop = unlisted === 'hard_block' ? ' Trying to stops its session.' : '';
  return [...rules, `does anything that is not listed under “It may”.${stop}`];
}

function approvalWords(document: PactDocument, rule: ApprovalDocument): string {
  const who = (rule.approvers ?? document.approvers).join(' or ');
  const count = rule.quorum > 1 ? `${rule.quorum} of ` : '';
  const within = spanText(rule.withinMs ?? document.approvalWithinMs) ?? '';
  return `${count}${who === '' ? 'an approver' : who}, within ${within}`;
}

const origins = {
  untrusted: 'carries an address, link or number that only untrusted content holds',
  tainted: 'comes after untrusted content was read',
} as const;

function askLines(document: PactDocument): readonly string[] {
  const rules = document.stepUp.map((rule) => {
    const who = approvalWords(document, rule);
    return `${who}: before ${subject(rule)}${conditions(rule)}${observed(rule)}.`;
  });
  const flows = document.flows.map((flow) => {
    const { from } = flow;
    const why = from.kind === 'label' ? `may carry \`${from.label}\` content` : origins[from.kind];
    const spared = flow.unless === null ? '' : `, unless ${conditionWords(flow.unless.ast)}`;
    const what = `${flow.to.join(' or ')} that ${why}${spared}`;
    if (flow.then === 'deny') return `nobody: every ${what} is refused.`;
    return `${approvalWords(document, flow)}: before every ${what}.`;
  });
  return [...rules, ...flows, ...ruleOfTwoLines(document)];
}

function ruleOfTwoLines({ ruleOfTwo }: PactDocument): readonly string[] {
  if (ruleOfTwo.value === 'off') return [];
  const then = ruleOfTwo.value === 'deny' ? 'is refused' : 'needs a person';
  return [
    `for a session that reads untrusted content, sees sensitive records and acts outside: the ` +
      `third of these ${then}.`,
  ];
}

function waitLines({ defer }: PactDocument): readonly string[] {
  return defer.map((rule) => {
    const until = rule.until.map(({ value }) => `\`${value}\``).join(' and ');
    const within = spanText(rule.withinMs) ?? '';
    return (
      `with ${subject(rule)}${conditions(rule)}${observed(rule)} until ${until} is known, ` +
      `at most ${within}.`
    );
  });
}

function modifyLines({ modify }: PactDocument): readonly string[] {
  return modify.map((rule) => {
    const steps = rule.rewrites.map(({ kind, path }) => `${kind} \`${path.value}\``).join(', ');
    return `with ${subject(rule)}${conditions(rule)}${observed(rule)}: ${steps}.`;
  });
}

function taskLines({ tasks }: PactDocument): readonly string[] {
  return (tasks ?? []).flatMap((task) => {
    const tools = task.tools.map(({ value }) => `\`${value}\``).join(', ');
    const rest =
      task.otherwise === 'deny' ? 'anything else is refused' : 'a person decides the rest';
    return [
      `\`${task.name}\` uses ${tools}; ${rest}.`,
      ...task.sources.map(({ target, sources }) => {
        const from = sources.map(({ value }) => sourceWords(value)).join(', or ');
        return `\`${task.name}\`: \`${target.value}\` comes from ${from}.`;
      }),
    ];
  });
}

const sourceNames: ReadonlyMap<string, string> = new Map([
  ['principal', "the principal's own words"],
  ['session', 'what was attested about the session'],
  ['agent', 'the agent itself'],
  ['trusted', 'trusted results'],
  ['untrusted', 'untrusted content'],
]);

function sourceWords(source: string): string {
  const [tool, field] = source.split(':');
  const known = sourceNames.get(source);
  if (known !== undefined) return known;
  return field === undefined ? `results of \`${source}\`` : `\`${field}\` of \`${tool ?? ''}\``;
}

function guardLines(document: PactDocument): readonly string[] {
  const { gates, haltOn, whenAway, drill, bulk, persistence } = document;
  const halting = haltOn.map((name) => `\`${name}\``).join(', ');
  const isCounted = persistence.halt < Number.MAX_SAFE_INTEGER;
  return [
    ...(gates.isOn
      ? [
          'After a violation the category it was in needs a person for that session; ' +
            `after ${gates.widenAfter} different principals' sessions, for the whole agent.`,
        ]
      : []),
    ...(isCounted
      ? [`A session is stopped after ${persistence.halt} refusals in a category.`]
      : []),
    ...(haltOn.length === 0 ? [] : [`A session is stopped at once on ${halting}.`]),
    ...(drill === null
      ? []
      : [
          `Halting it is practised every ${spanText(drill.everyMs) ?? ''}; ` +
            `at least ${drill.holders} people must hold the right to halt.`,
        ]),
    ...(bulk === null ? [] : ['Unusually many records in one session need a person.']),
    ...(whenAway === 'reads'
      ? ['While nobody decides, a hook lets through what only reads and no rule looks at.']
      : []),
  ];
}
