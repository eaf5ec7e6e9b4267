import { hash } from 'node:crypto';

import type { Json } from '@plumbline/core';

import type { ShownCase } from '../../services/approval-case.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin: 1.5rem 0 .4rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0 }
tr { border-bottom: 1px solid #8885 }
td { overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8882; padding: .6rem }
pre { max-height: 20rem; overflow: auto }
.agent { border-left: .3rem solid #b85c00; padding-left: .8rem }
.warn { color: #b00020; font-weight: 600 }
textarea { width: 100%; box-sizing: border-box; min-height: 4rem; font: inherit }
button { font: inherit; padding: .5rem 1.4rem; margin: .8rem .8rem 0 0 }
`;

/** What the page may do: be styled as it is, and send its form to where it came from. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Returns the page of an ask with its two buttons; everything in it is escaped. */
export function renderCase(shown: ShownCase, person: string): string {
  const { agent, tool, principal, gathered, agentSays, action } = shown;
  return page(`${tool} of ${agent}`, [
    `<h1>${text(agent)} wants to use <code>${text(tool)}</code></h1>`,
    `<p>Asked ${moment(shown.askedAt)}${principal === null ? '' : ` for ${text(principal)}`}. ` +
      `Nothing happens unless it is approved before ${moment(shown.expiresAtMs)}.</p>`,
    `<h2>Why you are asked</h2>${whyOf(shown)}`,
    `<h2>What it would do</h2>${stakeOf(shown)}`,
    action === null ? '' : `<pre>${text(JSON.stringify(action.args, null, 2))}</pre>`,
    gathered === null
      ? '<p class="warn">Nobody can tell any more what was known about it.</p>'
      : `<h2>What was gathered</h2>${factsOf(shown)}`,
    agentSays === null || agentSays.arguments.length === 0
      ? ''
      : `<div class="agent"><h2>On the agent's word alone</h2><p>${text(agentSays.note)}.</p>` +
        `${valuesOf(agentSays.arguments)}</div>`,
    `<h2>Your word, ${text(person)}</h2><form method="post">` +
      '<label for="reason">Reason (it stands in the record)</label>' +
      '<textarea id="reason" name="reason" required maxlength="1000"></textarea>' +
      '<button name="outcome" value="approve">Approve this once</button>' +
      '<button name="outcome" value="deny">Deny</button></form>',
  ]);
}

/** Returns a page that says one thing. */
export function renderNote(head: string, words: string): string {
  return page(head, [`<h1>${text(head)}</h1>`, `<p>${text(words)}</p>`]);
}

function page(title: string, parts: readonly string[]): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">' +
    `<title>${text(title)}</title><style>${STYLE}</style></head>` +
    `<body>${parts.join('\n')}</body></html>`
  );
}

function whyOf({ why, requirements }: ShownCase): string {
  const rows = requirements.map(({ rule, quorum, approvals }) => {
    const say = why.find((one) => one.rule === rule)?.say ?? '';
    return [rule, say, `${approvals} of ${quorum}`];
  });
  return tableOf(['rule', 'says', 'approved by'], rows);
}

function stakeOf({ gathered }: ShownCase): string {
  const tool = gathered?.tool ?? null;
  if (gathered === null || tool === null) return '<p>Its effect is not known.</p>';
  const rows: string[][] = [
    ['effect', tool.effect ?? 'decided by the call itself'],
    ['can be undone', tool.undo === null ? tool.reversible : `${tool.reversible}, by ${tool.undo}`],
    ['reaches outside', tool.isOpenWorld ? 'yes' : 'no'],
    ...(gathered.money === null ? [] : [['money', wordOf(gathered.money)]]),
    ...(gathered.records === null ? [] : [['records', wordOf(gathered.records)]]),
    ...(tool.sensitive.length === 0 ? [] : [['touches', tool.sensitive.join(', ')]]),
  ];
  return tableOf(null, rows);
}

function factsOf({ gathered }: ShownCase): string {
  if (gathered === null) return '';
  const { facts, missing, session } = gathered;
  const known = facts.map(({ name, value, source, ageMs, isFresh }) => {
    const age = `${Math.round(ageMs / 1_000)} s${isFresh ? '' : ', too old'}`;
    return [name, JSON.stringify(value), source, age];
  });
  const labels = session.labels.join(', ');
  return [
    valuesOf(gathered.arguments),
    known.length === 0 ? '<p>No facts were looked up.</p>' : tableOf(FACT_HEADS, known),
    missing.length === 0 ? '' : `<p class="warn">Not known: ${text(missing.join(', '))}</p>`,
    `<p>Session: task ${text(session.task ?? 'none')}, labels ${text(labels || 'none')}, ` +
      `${session.refusals} refusals so far.</p>`,
  ].join('');
}

const FACT_HEADS = ['fact', 'value', 'source', 'age'];

function valuesOf(values: NonNullable<ShownCase['gathered']>['arguments']): string {
  if (values.length === 0) return '<p>No value of it was seen anywhere but with the agent.</p>';
  const rows = values.map(({ path, value, standing, sources, isCut, isPart }) => {
    const place = isPart ? `in ${path}` : path;
    return [place, `${value}${isCut ? '…' : ''}`, standing, sources.join(', ')];
  });
  return tableOf(['argument', 'value', 'standing', 'seen in'], rows);
}

function tableOf(heads: readonly string[] | null, rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: 'th' | 'td'): string => {
    return `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
  };
  const head = heads === null ? '' : row(heads, 'th');
  return `<table>${head}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}

function wordOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function moment(ms: number): string {
  return `${new Date(ms).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Marks that turn the direction of text could make one value look like another.
function text(value: string): string {
  const plain = value.replaceAll(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '\ufffd');
  return plain.replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '');
}
