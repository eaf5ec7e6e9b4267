import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { CALM, makeMessage } from '../../../testing/notices.ts';
import { openService, type ServiceStub } from '../../../testing/service-stub.ts';
import { type Instance, makeInstance } from '../../../testing/servicenow-instance.ts';
import type { ServiceNowConfig } from '../../config/notify.ts';
import type { Channel } from '../channel.ts';
import { serviceNowChannel } from './servicenow.ts';

async function within(
  own: Partial<ServiceNowConfig>,
  check: (
    channel: Channel,
    at: { readonly instance: Instance; readonly service: ServiceStub },
  ) => Promise<void>,
  instance: Instance = makeInstance(),
): Promise<void> {
  const service = await openService((got) => instance.answer(got));
  const config: ServiceNowConfig = {
    kind: 'servicenow',
    url: service.url,
    user: 'plumb',
    clientId: null,
    secret: { kind: 'file', path: '/p' },
    approvals: true,
    signingSecret: null,
    assignmentGroup: 'AI desk',
    closeCode: 'Solution provided',
    ...own,
  };
  const readSecret = () => ({ ok: true, secret: 'pass' }) as const;
  const needs = { egress: service.egress, readSecret, origin: 'log.example' };
  try {
    await check(serviceNowChannel('now', config, needs), { instance, service });
  } finally {
    await service.close();
  }
}

function referenceIn(sent: Awaited<ReturnType<Channel['send']>>): string | null {
  assert.equal(sent.kind, 'delivered');
  return sent.kind === 'delivered' ? sent.reference : null;
}

const END = { event: 'resume', phase: 'closes', severity: 'low' } as const;

test('servicenow: a halt is an incident that a resume resolves, another is another', async () => {
  verifies('incident.notify');
  await within({}, async (channel, { instance }) => {
    const reference = referenceIn(await channel.send(makeMessage(), CALM));
    const end = makeMessage(END, { key: 'ntc_end_now', reference });
    referenceIn(await channel.send(end, CALM));
    const incidents = instance.tables.get('incident') ?? [];
    assert.equal(incidents.length, 1);
    const {
      state,
      impact,
      urgency,
      assignment_group: group,
      close_code: code,
    } = incidents[0] ?? {};
    assert.deepEqual([state, impact, urgency, group], ['6', '1', '1', 'AI desk']);
    assert.equal(code, 'Solution provided');
    await channel.send(makeMessage({}, { key: 'ntc_again_now' }), CALM);
    assert.equal(instance.tables.get('incident')?.length, 2);
  });
});

test('servicenow: an answer that was lost makes no second record, and no second note', async () => {
  await within({}, async (channel, { instance }) => {
    instance.loseNext = true;
    assert.equal((await channel.send(makeMessage(), CALM)).kind, 'later');
    const reference = referenceIn(
      await channel.send(makeMessage({}, { attempt: 2, mayStand: true }), CALM),
    );
    assert.equal(instance.tables.get('incident')?.length, 1);
    const word = { event: 'word', phase: 'updates', title: 'contained' } as const;
    const note = { key: 'ntc_word_now', reference };
    instance.loseNext = true;
    assert.equal((await channel.send(makeMessage(word, note), CALM)).kind, 'later');
    await channel.send(makeMessage(word, { ...note, attempt: 2, mayStand: true }), CALM);
    assert.equal(instance.tables.get('sys_journal_field')?.length, 1);
  });
});

test('servicenow: without a reference the record is found by its correlation', async () => {
  await within({}, async (channel, { instance }) => {
    await channel.send(makeMessage(), CALM);
    await channel.send(makeMessage(END, { key: 'ntc_end_now' }), CALM);
    assert.deepEqual(
      instance.tables.get('incident')?.map(({ state }) => state),
      ['6'],
    );
  });
});

test('servicenow: an approval is a change request, and words given there are votes', async () => {
  verifies('human.approvals');
  await within({}, async (channel, { instance }) => {
    const asked = { event: 'approval-asked', approval: 'apr_1', severity: 'medium' } as const;
    const reference = referenceIn(await channel.send(makeMessage(asked), CALM)) ?? '';
    assert.match(reference, /^change_request:[0-9a-f]{32}$/);
    assert.deepEqual(await channel.votes?.(reference, 1), { ok: true, votes: [] });
    const change = reference.slice(reference.indexOf(':') + 1);
    instance.decide(change, 'lena@example.com', 'approved');
    instance.decide(change, 'ben@example.com', 'rejected');
    instance.decide('0'.repeat(32), 'eve@example.com', 'approved');
    const said = await channel.votes?.(reference, 1);
    assert.deepEqual(
      said?.ok === true ? said.votes.map(({ person, outcome }) => [person, outcome]) : null,
      [
        ['lena@example.com', 'approve'],
        ['ben@example.com', 'deny'],
      ],
    );
  });
  await within({ approvals: false }, async (channel) => assert.equal(channel.votes, undefined));
});

test('servicenow: a token is used until it is not taken; a password may be mended', async () => {
  await within({ user: null, clientId: 'client' }, async (channel, { instance, service }) => {
    await channel.send(makeMessage(), CALM);
    assert.equal(instance.tokens, 1);
    instance.tokens += 1;
    const sent = await channel.send(makeMessage({}, { key: 'k2' }), CALM);
    assert.equal(sent.kind === 'later' && sent.fault, 'status-401');
    referenceIn(await channel.send(makeMessage({}, { key: 'k2' }), CALM));
    assert.ok(service.got.every(({ path }) => !path.includes('pass')));
  });
  await within({ user: 'other' }, async (channel) => {
    const sent = await channel.send(makeMessage(), CALM);
    assert.equal(sent.kind === 'later' && sent.fault, 'status-401');
  });
  await within({ user: null, clientId: 'wrong' }, async (channel) => {
    const sent = await channel.send(makeMessage(), CALM);
    assert.equal(sent.kind === 'later' && sent.fault, 'token-401');
  });
});

test('servicenow: an end whose answer was lost opens nothing, reference or not', async () => {
  verifies('incident.notify');
  await within({}, async (channel, { instance }) => {
    await channel.send(makeMessage(), CALM);
    const end = { key: 'ntc_end_now', reference: null };
    instance.loseNext = true;
    assert.equal((await channel.send(makeMessage(END, end), CALM)).kind, 'later');
    const again = makeMessage(END, { ...end, attempt: 2, mayStand: true });
    referenceIn(await channel.send(again, CALM));
    assert.equal(instance.tables.get('incident')?.length, 1);
    assert.equal(instance.tables.get('sys_journal_field')?.length, 1);
    // A word on what is over stays with it, and does not open or close it again.
    const word = { event: 'word', phase: 'updates' } as const;
    referenceIn(await channel.send(makeMessage(word, { key: 'ntc_word_now' }), CALM));
    assert.equal(instance.tables.get('incident')?.length, 1);
    assert.equal(instance.tables.get('sys_journal_field')?.length, 2);
  });
});

test('servicenow: beyond the rule of the instance it says when to come again', async () => {
  const clock = (): number => 1_700_000_000_000;
  const instance = makeInstance({ perHour: 1, clock });
  await within(
    {},
    async (channel) => {
      // A record takes two requests: one asks for it, and one makes it.
      const limited = await channel.send(makeMessage(), CALM);
      assert.deepEqual(limited, {
        kind: 'later',
        fault: 'status-429',
        isAnswered: true,
        retryAfterMs: 2_800_000,
      });
      assert.equal(instance.tables.get('incident')?.length ?? 0, 0);
    },
    instance,
  );
});
