import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { CALM, makeMessage } from '../../testing/notices.ts';
import { makePagerDuty } from '../../testing/pagerduty-service.ts';
import { type Got, openService, type ServiceStub } from '../../testing/service-stub.ts';
import { makeReceiver } from '../../testing/webhook-receiver.ts';
import type { Channel, Message } from './channel.ts';
import { pagerDutyChannel } from './channels/pagerduty.ts';
import { webhookChannel } from './channels/webhook.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ROUTING = '0123456789abcdef0123456789abcdef';
const NOW = 1_700_000_001_000;
const FILE = { kind: 'file', path: '/secret' } as const;

function hookAt(url: string, { egress }: Pick<ServiceStub, 'egress'>): Channel {
  const readSecret = () => ({ ok: true, secret: SECRET }) as const;
  const config = { kind: 'webhook', url, secret: FILE } as const;
  return webhookChannel('hook', config, { egress, readSecret, origin: 'log.example' });
}

function messageOf(key: string): Message {
  return makeMessage({}, { key, now: NOW });
}

test('wire: an answer that comes twice on a connection is not taken for the next', async () => {
  verifies('incident.notify');
  const keys: string[] = [];
  const server = net.createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
      if (end < 0 || text.length < end + 4 + length) return;
      keys.push(/webhook-id: (\S+)/i.exec(text)?.[1] ?? '');
      text = '';
      const taken = 'HTTP/1.1 204 No Content\r\n\r\n';
      const again = 'HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n';
      socket.write(keys.length === 1 ? `${taken}${again}` : taken);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const way = await openService(() => ({ status: 204 }));
  const hook = hookAt(`http://127.0.0.1:${port}/`, way);
  const sent = [];
  for (const key of ['ntc_1_hook', 'ntc_2_hook']) {
    sent.push(await hook.send(messageOf(key), CALM));
  }
  await way.close();
  server.close();
  const taken = { kind: 'delivered', reference: null };
  assert.deepEqual(sent, [taken, taken]);
  assert.deepEqual(keys, ['ntc_1_hook', 'ntc_2_hook']);
});

test('wire: what a proxy delivers twice is one message where the service keeps keys', async () => {
  verifies('incident.notify');
  const receiver = makeReceiver({ secret: SECRET, clock: () => NOW });
  const pager = makePagerDuty({ clock: () => NOW });
  const twice = (got: Got) => {
    const inside = got.path === '/' ? receiver : pager;
    return (inside.answer(got), inside.answer(got));
  };
  const proxy = await openService(twice);
  const hook = hookAt(`${proxy.url}/`, proxy);
  const config = { kind: 'pagerduty', url: `${proxy.url}/v2/enqueue`, secret: FILE } as const;
  const readSecret = () => ({ ok: true, secret: ROUTING }) as const;
  const needs = { egress: proxy.egress, readSecret, origin: 'log.example' };
  const alerts = pagerDutyChannel('pager', config, needs);
  try {
    assert.equal((await hook.send(messageOf('ntc_1_hook'), CALM)).kind, 'delivered');
    assert.equal((await alerts.send(messageOf('ntc_1_pager'), CALM)).kind, 'delivered');
    assert.deepEqual(receiver.told, ['ntc_1_hook']);
    assert.deepEqual([...pager.alerts.values()], ['triggered']);
    assert.equal(pager.triggers.length, 2, 'it came twice, and is one alert');
  } finally {
    await proxy.close();
  }
});
