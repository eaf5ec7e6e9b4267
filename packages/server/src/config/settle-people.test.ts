import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { loadConfig } from './load-config.ts';
import { printConfig } from './print-config.ts';

function load(settings: Readonly<Record<string, string>>): ReturnType<typeof loadConfig> {
  return loadConfig({ HOME: '/nowhere' }, { settings: new Map(Object.entries(settings)) });
}

test('people: without settings nobody gives grants or breaks the glass', () => {
  verifies('human.break-glass');
  const { authority, breakGlass, approvals } = load({});
  assert.equal(authority.webauthn, null);
  assert.deepEqual(authority.grants, []);
  assert.deepEqual(breakGlass.holders, []);
  assert.equal(breakGlass.publishing, false);
  assert.deepEqual(approvals, { factor: 'none' });
});

test('people: the pages that ask authenticators are https and of their domain', () => {
  const at = (rpId: string, origins: string) =>
    load({ 'authority.webauthn.rpId': rpId, 'authority.webauthn.origins': origins });
  assert.deepEqual(
    at('a.example', 'https://a.example,https://b.a.example:8443').authority.webauthn,
    {
      rpId: 'a.example',
      origins: ['https://a.example', 'https://b.a.example:8443'],
    },
  );
  assert.ok(at('localhost', 'http://localhost:7411').authority.webauthn !== null);
  assert.throws(() => at('a.example', 'http://a.example'), /must be https/);
  assert.throws(() => at('a.example', 'https://nota.example'), /or a name below it/);
  assert.throws(() => at('a.example', 'https://a.example/login'), /an origin alone/);
  assert.throws(() => load({ 'authority.webauthn.rpId': 'a.example' }), /is missing/);
});

test('people: a rule of grants is read with its defaults, and printed as it is read', () => {
  const rule = { by: ['role:leads'], claim: 'roles', values: ['crm-export'] };
  const config = load({ 'authority.grants': JSON.stringify([rule]) });
  assert.deepEqual(config.authority.grants, [
    { ...rule, agents: null, maxMs: 600_000, factor: 'totp', self: false },
  ]);
  const printed = JSON.stringify(printConfig(config)['authority']);
  assert.match(printed, /"claim":"roles"/);
  const wrong = JSON.stringify([{ ...rule, by: ['leads'] }]);
  assert.throws(() => load({ 'authority.grants': wrong }), /address or `role:<group>`/);
});
