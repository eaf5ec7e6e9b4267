import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Cut } from '../config/cuts.ts';
import { closedTable, tableOf } from './nft-table.ts';

const CUT: Cut = { agents: ['a'], users: [], sources: [], cgroups: [], namespaces: [] };

test('cuts: the whole table is written anew in one transaction', () => {
  verifies('human.halt-infrastructure');
  const vm = { ...CUT, sources: ['10.0.3.0/24', 'fd00::/64'] };
  const service = { ...CUT, users: [1001, 1001], cgroups: ['a.slice/b.service'] };
  const cuts = [
    ['the-vm', vm],
    ['service', service],
  ] as const;
  assert.equal(
    tableOf(cuts, 'unified/'),
    `add table inet plumbline
delete table inet plumbline
table inet plumbline {
  set the_vm_four { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.3.0/24 }; }
  set the_vm_six { type ipv6_addr; flags interval; auto-merge; elements = { fd00::/64 }; }
  set service_users { type uid; elements = { 1001 }; }
  chain outgoing {
    type filter hook output priority -400; policy accept;
    oifname "lo" tcp flags rst accept
    ip saddr @the_vm_four meta l4proto tcp reject with tcp reset
    ip saddr @the_vm_four drop
    ip daddr @the_vm_four meta l4proto tcp reject with tcp reset
    ip daddr @the_vm_four drop
    ip6 saddr @the_vm_six meta l4proto tcp reject with tcp reset
    ip6 saddr @the_vm_six drop
    ip6 daddr @the_vm_six meta l4proto tcp reject with tcp reset
    ip6 daddr @the_vm_six drop
    meta skuid @service_users meta l4proto tcp reject with tcp reset
    meta skuid @service_users drop
    socket cgroupv2 level 2 "unified/a.slice/b.service" meta l4proto tcp reject with tcp reset
    socket cgroupv2 level 2 "unified/a.slice/b.service" drop
  }
  chain incoming {
    type filter hook input priority -400; policy accept;
    iifname "lo" tcp flags rst accept
    ip saddr @the_vm_four drop
    ip daddr @the_vm_four drop
    ip6 saddr @the_vm_six drop
    ip6 daddr @the_vm_six drop
    socket cgroupv2 level 2 "unified/a.slice/b.service" drop
  }
  chain forwarded {
    type filter hook forward priority -400; policy accept;
    ip saddr @the_vm_four meta l4proto tcp reject with tcp reset
    ip saddr @the_vm_four drop
    ip daddr @the_vm_four meta l4proto tcp reject with tcp reset
    ip daddr @the_vm_four drop
    ip6 saddr @the_vm_six meta l4proto tcp reject with tcp reset
    ip6 saddr @the_vm_six drop
    ip6 daddr @the_vm_six meta l4proto tcp reject with tcp reset
    ip6 daddr @the_vm_six drop
  }
}
`,
  );
});

test('cuts: without anybody to cut off there is no table', () => {
  verifies('human.halt-infrastructure');
  const none = 'add table inet plumbline\ndelete table inet plumbline\n';
  assert.equal(tableOf([], ''), none);
  assert.equal(tableOf([['spaces', { ...CUT, namespaces: ['x'] }]], ''), none);
  assert.equal(closedTable(false), none);
  assert.match(closedTable(true), /hook output priority -400; policy drop;/);
});
