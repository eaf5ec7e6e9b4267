import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { containersShape, printContainers } from './containers.ts';

function faultOf(target: object): string | undefined {
  const parsed = containersShape.safeParse({ local: { kind: 'docker', ...target } });
  return parsed.error?.issues[0]?.message;
}

test('containers: what is left out has its default, and prints back as it is', () => {
  verifies('human.halt-infrastructure');
  const labels = {
    agent: 'plumbline.agent',
    session: 'plumbline.session',
    room: 'plumbline.room',
  };
  const tls = { caFile: '/ca.pem', certFile: '/cert.pem', key: 'credential:docker' };
  const given = {
    local: { kind: 'docker' },
    far: { kind: 'docker', host: 'tcp://[2001:db8::1]', tls, agents: ['banking'] },
  };
  const printed = printContainers(containersShape.parse(given));
  const docker = { kind: 'docker', graceSeconds: 0, cut: true, remove: false, labels };
  assert.deepEqual(printed, {
    local: { ...docker, agents: null, host: 'unix:///var/run/docker.sock', tls: null },
    far: { ...docker, agents: ['banking'], host: 'tcp://[2001:db8::1]:2376', tls },
  });
  assert.deepEqual(printContainers(containersShape.parse(printed)), printed);
});

test('containers: a cluster is read, and prints back as it is', () => {
  verifies('human.halt-infrastructure');
  const given = { prod: { kind: 'kubernetes', kubeconfig: '/etc/kube', namespaces: ['agents'] } };
  const printed = printContainers(containersShape.parse(given));
  assert.deepEqual(printed, {
    prod: {
      kind: 'kubernetes',
      kubeconfig: '/etc/kube',
      context: null,
      namespaces: ['agents'],
      agents: null,
      labels: {
        agent: 'plumbline.agent',
        session: 'plumbline.session',
        room: 'plumbline.room',
      },
      graceSeconds: 1,
      cut: false,
    },
  });
  assert.deepEqual(printContainers(containersShape.parse(printed)), printed);
  assert.equal(
    faultOf({ kind: 'kubernetes', namespaces: ['Agents'] }),
    'must be the name of a namespace',
  );
});

test('containers: what is open to anybody, or cannot be, is refused', () => {
  verifies('human.halt-infrastructure');
  const everybody = 'is wanted: whoever reaches an engine without it is root there';
  assert.equal(faultOf({ host: 'tcp://192.0.2.1:2375' }), everybody);
  assert.equal(faultOf({ host: 'tcp://127.0.0.1:2375' }), undefined);
  const host = 'must be `unix:///path/of/the.sock` or `tcp://host:port`';
  assert.equal(faultOf({ host: 'unix://docker.sock' }), host);
  assert.equal(faultOf({ host: 'tcp://user@127.0.0.1:1' }), host);
  const key = 'must be the key of a label, such as `plumbline.agent`';
  assert.equal(faultOf({ labels: { agent: 'a/b/c' } }), key);
  assert.equal(faultOf({ labels: { agent: '-a' } }), key);
  assert.equal(faultOf({ labels: { agent: 'example.com/agent' } }), undefined);
});
