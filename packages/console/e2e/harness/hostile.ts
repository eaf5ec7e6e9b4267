import type { Page } from 'playwright-core';

import { addKey, type Desk, post, textAt } from './desk.ts';

/** What a payload calls where it runs as a script. */
export const OWNED = 'plumblineOwned';

const MEBIBYTE = 1_048_576;

// Everything here is shown by some program as something else than the text that it is.
const PAYLOADS: readonly string[] = [
  `<script>window.${OWNED}=1</script>`,
  `"><img src=x onerror="window.${OWNED}=1">`,
  `<svg xmlns="http://www.w3.org/2000/svg" onload="window.${OWNED}=1"><a href="javascript:1">x</a>`,
  `<iframe srcdoc="<script>parent.${OWNED}=1</script>"></iframe>`,
  `<style>body{display:none}</style><link rel="stylesheet" href="https://evil.example/a.css">`,
  `<form action="https://evil.example/"><input name="key" autofocus onfocus="${OWNED}=1"></form>`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
  `[approve here](javascript:window.${OWNED}=1) ![x](https://evil.example/pixel.png)`,
  `javascript:window.${OWNED}=1`,
  'data:text/html,<script>alert(1)</script>',
  'https://evil.example/?q=secret //evil.example/x',
  `{{constructor.constructor("window.${OWNED}=1")()}} \${window.${OWNED}=1} #{7*7}`,
  '\u001b]8;;https://evil.example\u0007press\u001b]8;;\u0007 \u001b[2J\u001b[31mred\u001b[0m',
  'pay \u202e00.1\u202c to \u2066evil\u2069 \u200fרע',
  'admin\u200b\u200c\u200d\u2060\ufeff\u00ad@example.com',
  `tagged${String.fromCodePoint(0xe0061, 0xe0062, 0xe0063)} Z\u0301\u0302\u0303\u0304\u0305algo`,
  'line one\r\nline two\rover it\n\u2028\u2029\u0000\u0008\u0085nothing',
  '\'; DROP TABLE events; -- \\" \\u202e %00 %3Cscript%3E &lt;b&gt; &#60;b&#62;',
  '__proto__',
  '=HYPERLINK("https://evil.example","press")',
];

/** The same as one line. */
const LONG_LINE = `${PAYLOADS[0]}${'A'.repeat(MEBIBYTE)}${PAYLOADS[13]}`;

/** Ids of what the hostile agent left behind. */
export type HostileTrail = {
  readonly agent: string;
  readonly session: string;
  readonly room: string;
  readonly ask: string;
  readonly halt: string;
  readonly drill: string;
  /** How many entries the log has. */
  readonly entries: number;
};

/**
 * Lets a principal, an agent, a tool and people of the desk say everything hostile wherever the
 * daemon takes a text.
 */
export async function sayHostileThings(desk: Desk): Promise<HostileTrail> {
  const { daemon, agent } = desk;
  const path = `/api/v1/agents/${agent}`;
  const people = await addPeople(desk);
  const room = `room ${PAYLOADS[1]}`;
  const opened = await people.open(`${path}/sessions`, {
    principal: PAYLOADS[2],
    task: PAYLOADS[3],
    room,
    attributes: { customer_id: PAYLOADS[13] },
  });
  const session = textAt(opened, 'session');
  for (const text of [...PAYLOADS, LONG_LINE]) {
    await people.open(`${path}/sessions/${session}/messages`, { from: 'principal', text });
    await people.act(`${path}/sessions/${session}/messages`, { from: 'untrusted', text });
  }
  const ask = await actHostilely(people, path, session);
  const denied = await desk.askRefund({ order: PAYLOADS[4] ?? '', amount: '99.00' });
  const vote = { outcome: 'deny', reason: PAYLOADS[13] };
  await people.approve(`/api/v1/approvals/${denied}/votes`, vote);
  const drill = await daemon.ask('POST', `${path}/drills`);
  const halted = await daemon.ask('POST', `${path}/halt`, {
    scope: 'tool',
    target: PAYLOADS[1],
    reason: `because ${PAYLOADS.slice(0, 3).join(' ')} ${PAYLOADS[12]} ${PAYLOADS[13]}`,
  });
  const log = await daemon.ask('GET', '/api/v1/log');
  const ids = { ask, halt: textAt(halted, 'halt'), drill: textAt(drill, 'id') };
  const entries = Number(Reflect.get(Object(log), 'durableSize'));
  return { agent, session, room, ...ids, entries };
}

type Say = (path: string, body: object) => Promise<unknown>;
type People = { readonly open: Say; readonly act: Say; readonly approve: Say };

async function addPeople({ daemon, agent }: Desk): Promise<People> {
  const person = { email: 'mallory@example.com', roles: ['approver'], groups: ['lead'] };
  const sayWith = async (key: object): Promise<Say> => {
    const token = await addKey(daemon, key);
    return (path, body) => post({ daemon, key: token }, path, body);
  };
  return {
    open: await sayWith({ kind: 'opener', name: PAYLOADS[0], agents: [agent] }),
    act: await sayWith({ kind: 'agent', name: PAYLOADS[1], agents: [agent] }),
    approve: await sayWith({ kind: 'person', name: PAYLOADS[0], ...person }),
  };
}

/** What the agent and its tools send; returns the id of what people are asked. */
async function actHostilely({ act }: People, path: string, session: string): Promise<string> {
  const decide = (request: string, tool: string, args: object): Promise<unknown> =>
    act(`${path}/actions/decide`, { session, request, tool, args });
  const said = PAYLOADS.map((text) => [`arg ${text}`, [text, { [text]: text }]] as const);
  const args = { ...Object.fromEntries(said), amount: '35.00', memo: 'A'.repeat(20_000) };
  const asked = await decide(PAYLOADS[1] ?? '', 'refunds.pay', args);
  const done = await decide('read', 'orders.get', { id: PAYLOADS[2] });
  const decision = textAt(done, 'decision');
  const result = { said: PAYLOADS, line: LONG_LINE };
  await act(`${path}/outcomes`, { session, decision, status: 'error', result });
  const note = PAYLOADS.join(' ');
  await act(`${path}/sessions/${session}/report`, { resolved: true, note });
  for (const [each, tool] of PAYLOADS.entries()) {
    await decide(`request ${each} ${tool}`, tool, { [tool]: tool });
  }
  return textAt(asked, 'approval');
}

/** What of the hostile texts came to be more than text on a page: nothing, where all is well. */
export function hostileEffects(page: Page): Promise<readonly string[]> {
  return page.evaluate((owned) => {
    const found: string[] = [];
    if (owned in window) found.push('a script ran');
    const icon = '[src^="/console/assets/icon-"]';
    const active = `script:not([src]), iframe, object, embed, img:not(${icon}), base, style, svg a`;
    for (const each of document.querySelectorAll(`${active}, meta[http-equiv]`)) {
      found.push(each.outerHTML.slice(0, 200));
    }
    for (const each of document.querySelectorAll('[href], [src], [action], [style*="url"]')) {
      for (const name of ['href', 'src', 'action', 'style']) {
        const value = each.getAttribute(name) ?? '';
        const isOutside = /^\s*(javascript|data|vbscript):|^\s*\/\/|evil\.example\//i.test(value);
        const isOwnIcon = each.tagName === 'LINK' && each.getAttribute('rel') === 'icon';
        if (isOutside && !isOwnIcon) found.push(`${name}: ${value.slice(0, 200)}`);
      }
    }
    for (const each of document.querySelectorAll('*')) {
      for (const { name } of each.attributes) if (name.startsWith('on')) found.push(name);
    }
    const unseen =
      /[\0-\x08\x0e-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;
    const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      if (unseen.test(node.nodeValue ?? '')) {
        const within = node.parentElement?.outerHTML.slice(0, 200) ?? '';
        found.push(`unseen characters shown as they are: ${within}`);
      }
    }
    return found;
  }, OWNED);
}
