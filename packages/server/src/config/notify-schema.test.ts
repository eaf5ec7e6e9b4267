import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadConfig } from './load-config.ts';
import { printConfig } from './print-config.ts';

function load(settings: Readonly<Record<string, unknown>>): ReturnType<typeof loadConfig> {
  const texts = Object.entries(settings).map(([path, value]) => {
    return [path, typeof value === 'string' ? value : JSON.stringify(value)] as const;
  });
  return loadConfig({ HOME: '/nowhere' }, { settings: new Map(texts) });
}

const hook = { kind: 'webhook', url: 'https://hook.example/', secret: '/etc/hook' };

test('notify: without settings nobody is told, and every bound has its default', () => {
  assert.deepEqual(load({}).notify, {
    channels: {},
    routes: [],
    url: null,
    firstNoticeMs: 60_000,
    nextWordMs: 1_800_000,
    approvalSoonMs: 60_000,
    deadAfterMs: 86_400_000,
    waiting: 10_000,
  });
});

test('notify: every kind of channel is read, and printed as it is read, without a secret', () => {
  const mail = { kind: 'smtp', host: 'mail.example', from: 'a@b.example', to: ['c@b.example'] };
  const channels = {
    hook,
    mail: { ...mail, user: 'me', secret: 'credential:mail' },
    pager: { kind: 'pagerduty', secret: '/etc/pager' },
    desk: {
      kind: 'slack',
      secret: '/etc/slack',
      channel: 'C0ALERTS',
      people: { U01: 'a@b.example' },
    },
    old: { kind: 'slack-webhook', secret: '/etc/old' },
    now: {
      kind: 'servicenow',
      url: 'https://x.service-now.com/',
      user: 'u',
      secret: '/etc/now',
      approvals: true,
      signingSecret: '/etc/now.signing',
    },
  };
  const config = load({ 'notify.channels': channels, 'notify.url': 'https://plumb.example/' });
  const printed = printConfig(config)['notify'];
  const again = load({ 'notify.channels': Reflect.get(Object(printed), 'channels') });
  assert.deepEqual(again.notify.channels, config.notify.channels);
  assert.equal(config.notify.url, 'https://plumb.example');
  assert.match(JSON.stringify(printed), /"credential:mail"/);
});

test('notify: what cannot work is refused with its place', () => {
  const refused: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ 'notify.channels': { hook: { ...hook, secret: 'whsec_abc' } } }, /absolute path of a file/],
    [{ 'notify.channels': { hook: { ...hook, url: 'https://a:b@c.example/' } } }, /no user/],
    [{ 'notify.channels': { hook: { ...hook, kind: 'fax' } } }, /notify\.channels/],
    [
      { 'notify.routes': [{ channels: ['nobody'] }] },
      /names the channel `nobody`, which is not in `notify.channels`/,
    ],
    [
      {
        'notify.channels': {
          mail: {
            kind: 'smtp',
            host: 'h',
            tls: 'none',
            user: 'u',
            secret: '/s',
            from: 'a@b.example',
            to: ['a@b.example'],
          },
        },
      },
      /must not be `none` where a password is sent/,
    ],
    [
      { 'notify.channels': { now: { kind: 'servicenow', url: 'https://x.y/', secret: '/s' } } },
      /either `user` with a password, or `clientId`/,
    ],
    [
      {
        'notify.channels': {
          now: {
            kind: 'servicenow',
            url: 'https://x.y/',
            user: 'u',
            secret: '/s',
            signingSecret: '/t',
          },
        },
      },
      /only approvals are called back: set `approvals`/,
    ],
  ];
  for (const [settings, says] of refused) {
    assert.throws(
      () => load(settings),
      (cause: Error) => says.test(cause.message) && !cause.message.includes('whsec_abc'),
    );
  }
});
