import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { event as sendEvent } from '@pagerduty/pdjs';
import { isValidSlackRequest } from '@slack/bolt';
import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';
import { Webhook } from 'standardwebhooks';

import { inFolder } from '../../testing/folder.ts';
import { CALM, makeMessage, makeNotice } from '../../testing/notices.ts';
import { rulesFor } from '../../testing/notify-scene.ts';
import { hasOpenssl, openssl } from '../../testing/openssl.ts';
import { makePagerDuty } from '../../testing/pagerduty-service.ts';
import { openService } from '../../testing/service-stub.ts';
import { slackHeaders } from '../../testing/slack-signature.ts';
import { makeReceiver } from '../../testing/webhook-receiver.ts';
import { pagerDutyChannel } from './channels/pagerduty.ts';
import { slackEnded, slackMessage } from './channels/slack-blocks.ts';
import { makeSlackPresses } from './slack-press.ts';

// What the libraries of the vendors say: they judge what our channels send, what our doors take,
// and whether the services that the other tests speak to are as the vendors' own programs expect.

const SIGNING = '8f742231b10e8888abcd99yyyzzz85a5';
const KEY = '0123456789abcdef0123456789abcdef';
const ROUTING = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const offsets = fc.constantFrom(0, -10, -299, -300, -301, -4_000);
const otherSigning = fc.constantFrom(SIGNING, SIGNING, 'another');
const bodies = fc.string({ unit: 'binary', maxLength: 80 });

test("vendor: Slack's verifier takes and refuses the buttons that our door does", () => {
  verifies('human.approvals');
  const now = 1_700_000_000_000;
  const file = { kind: 'file', path: '/s' } as const;
  const desk = {
    kind: 'slack',
    api: 'https://slack.com/api',
    secret: file,
    channel: 'C0ALERTS',
    signingSecret: file,
    people: {},
  } as const;
  const versions = fc.constantFrom('v0', 'v0', 'v1');
  const change = fc.constantFrom('', '', 'x');
  const check = (
    [body, more]: readonly [string, string],
    [secret, version]: readonly [string, string],
    offset: number,
  ): void => {
    const stamp = now / 1_000 + offset;
    const signed = slackHeaders({ secret, stamp, body });
    const signature = signed['x-slack-signature'].replace('v0', version);
    const headers = { ...signed, 'x-slack-signature': signature };
    const theirs = isValidSlackRequest({
      signingSecret: SIGNING,
      body: `${body}${more}`,
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': stamp },
      nowMilliseconds: now,
    });
    const press = makeSlackPresses({
      rules: { ...rulesFor([]), channels: { desk } },
      clock: () => now,
      readSecret: () => ({ ok: true, secret: SIGNING }),
      egress: { request: () => assert.fail(), addressOf: () => assert.fail() },
    });
    const ours = press('desk', { headers, bytes: Buffer.from(`${body}${more}`), payload: '{}' });
    // What is signed right is read, and found to be no button.
    assert.equal(!ours.ok && ours.error.code, theirs ? 'bad-request' : 'forbidden');
  };
  const property = fc.property(
    fc.tuple(bodies, change),
    fc.tuple(otherSigning, versions),
    offsets,
    check,
  );
  fc.assert(property, { numRuns: 500 });
});

test('vendor: what the library of Standard Webhooks signs our receiver takes, and no other', () => {
  verifies('incident.notify');
  const library = new Webhook(ROUTING);
  const property = fc.property(bodies, fc.constantFrom(0, -299, -301, 302), (text, offset) => {
    const now = Date.now();
    const id = 'ntc_1_hook';
    const at = new Date(now + offset * 1_000);
    const body = JSON.stringify({ id, specversion: '1.0', source: 'urn:x', type: 'x', data: text });
    const headers = {
      'content-type': 'application/cloudevents+json',
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(at.getTime() / 1_000)}`,
      'webhook-signature': library.sign(id, at, body),
    };
    const receiver = makeReceiver({ secret: ROUTING, clock: () => now });
    const taken = receiver.answer({ method: 'POST', path: '/', headers, body });
    assert.equal(taken.status, offset === 0 || offset === -299 ? 204 : 401);
    const changed = receiver.answer({ method: 'POST', path: '/', headers, body: `${body} ` });
    assert.equal(changed.status, 401);
  });
  fc.assert(property, { numRuns: 200 });
});

test("vendor: PagerDuty's client is understood by the service of our tests", async (t) => {
  if (!(await hasOpenssl())) {
    assert.notEqual(process.env['CI'], 'true', 'openssl is needed');
    t.skip('openssl is not there');
    return;
  }
  await inFolder(async (folder) => {
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=localhost'];
    const names = ['-addext', 'subjectAltName=DNS:localhost'];
    await openssl(folder, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...names);
    const cert = readFileSync(join(folder, 'cert.pem'));
    const pager = makePagerDuty({ clock: () => 0 });
    const options = { cert, key: readFileSync(join(folder, 'key.pem')) };
    const server = https.createServer(options, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const body = Buffer.concat(chunks).toString();
        const said = pager.answer({ method, path, headers, body });
        response.writeHead(said.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(said.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    // A server that listens on TCP has an address with a port.
    const { port } = server.address() as AddressInfo;
    const agent = new https.Agent({ ca: cert });
    const payload = { summary: 's', source: 'x', severity: 'critical' } as const;
    const sent = { routing_key: KEY, dedup_key: 'thr_1', payload };
    const states: unknown[] = [];
    for (const action of ['trigger', 'acknowledge', 'resolve'] as const) {
      // Whatever else stands in its parameters is given on to the client of HTTP it stands on.
      const way = { server: `localhost:${port}`, agent };
      const answered = await sendEvent({ ...way, data: { ...sent, event_action: action } });
      states.push([answered.data.status, answered.data.dedup_key, pager.alerts.get('thr_1')]);
    }
    agent.destroy();
    server.close();
    assert.deepEqual(states, [
      ['success', 'thr_1', 'triggered'],
      ['success', 'thr_1', 'acknowledged'],
      ['success', 'thr_1', 'resolved'],
    ]);
  });
});

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Returns what the compiler says of values held against types of packages; empty: they fit. */
async function complaintsOf(folder: string, source: string): Promise<string> {
  const file = join(folder, 'fits.ts');
  writeFileSync(file, source);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const flags = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--ignoreConfig',
  ];
  const ended = promisify(execFile)(process.execPath, [tsc, ...flags, file], { cwd: folder });
  return ended.then(
    () => '',
    (cause: unknown) => String(Object(cause).stdout),
  );
}

const slackTypes = JSON.stringify(join(ROOT, 'node_modules/@slack/types/dist/index.js'));
const pagerTypes = JSON.stringify(join(ROOT, 'node_modules/@pagerduty/pdjs/build/src/index.js'));

test("vendor: blocks and events have the types of Slack's and PagerDuty's packages", async () => {
  const asked = makeNotice({ event: 'approval-asked', approval: 'apr_1', severity: 'medium' });
  const sent = [slackMessage(makeNotice(), false), slackMessage(asked, true), slackEnded(asked)];
  const blocks = sent.map(({ blocks: own }) => own);
  const events: unknown[] = [];
  const service = await openService(({ body }) => (events.push(JSON.parse(body)), { status: 202 }));
  const file = { kind: 'file', path: '/key' } as const;
  const config = { kind: 'pagerduty', url: `${service.url}/v2/enqueue`, secret: file } as const;
  const readSecret = () => ({ ok: true, secret: KEY }) as const;
  const needs = { egress: service.egress, readSecret, origin: 'log.example/agents' };
  const channel = pagerDutyChannel('pager', config, needs);
  const notices = [{}, { event: 'word', phase: 'updates' } as const, { phase: 'closes' } as const];
  for (const notice of notices) await channel.send(makeMessage(notice), CALM);
  await service.close();
  await inFolder(async (folder) => {
    // PagerDuty documents `client`, which its types leave out, and a payload for triggers alone.
    const source = (block: unknown[], event: unknown[]): string => `
      import type { KnownBlock } from ${slackTypes};
      import type { event } from ${pagerTypes};
      type Whole = Parameters<typeof event>[0]['data'];
      type Event = (Whole | Omit<Whole, 'payload'>) & { client?: string };
      export const blocks: KnownBlock[][] = ${JSON.stringify([block, ...blocks])};
      export const events: Event[] = ${JSON.stringify([...event, ...events])};
    `;
    assert.equal(await complaintsOf(folder, source([], [])), '');
    assert.equal(events.length, 3);
    const block = { type: 'section', text: { type: 'mrkdwn', texts: 'x' } };
    const wrong = source([block], [{ ...Object(events[0]), severity: 'loud' }]);
    assert.match(await complaintsOf(folder, wrong), /fits\.ts\(6,.*texts.*fits\.ts\(7,.*severity/s);
  });
});
