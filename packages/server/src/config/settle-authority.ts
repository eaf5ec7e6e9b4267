import { resolve } from 'node:path';

import type {
  AuthorityConfig,
  IssuerConfig,
  KeyPlace,
  WorkloadConfig,
  WorkloadProof,
} from './authority.ts';
import type { SettledAuthority, SettledIssuer, SettledWorkload } from './authority-schema.ts';
import { isLoopback } from './loopback.ts';
import { trustDomainNamed, trustDomainOf } from './spiffe-id.ts';

type Refuse = (path: string, message: string) => never;

const ISSUERS = 'authority.issuers';
const WORKLOADS = 'authority.workloads';

/** Returns who is believed, of checked settings; what they contradict is refused. */
export function settleAuthority(
  { issuers, workloads }: SettledAuthority,
  { clientCaFile }: { readonly clientCaFile?: string | undefined },
  refuse: Refuse,
): AuthorityConfig {
  const settled = {
    issuers: issuers.map((each) => settleIssuer(each, (message) => refuse(ISSUERS, message))),
    workloads: workloads.map((each) => {
      return settleWorkload(each, (message) => refuse(WORKLOADS, message));
    }),
  };
  checkPlaces(settled, clientCaFile !== undefined, refuse);
  return settled;
}

function settleIssuer(each: SettledIssuer, refuse: (message: string) => never): IssuerConfig {
  const { jwksUri: _, jwksFile: __, roles, typ = null, azp = null, ...rest } = each;
  const name = `\`${each.issuer}\``;
  if (each.staleMs < each.freshMs) refuse(`${name}: \`staleMs\` must not be below \`freshMs\``);
  if (each.for !== 'people' && Object.keys(roles).length > 0) {
    refuse(`${name}: \`roles\` are for people, and this one is for ${each.for}`);
  }
  if (each.for === 'people' && trustDomainNamed(each.issuer) !== undefined) {
    refuse(`${name}: a trust domain names workloads, and no people`);
  }
  if (each.client !== null && each.for !== 'people') {
    refuse(`${name}: only people sign in with a \`client\`, and this one is for ${each.for}`);
  }
  if (each.client !== null && !isSafe(each.issuer)) {
    refuse(`${name}: must be an https URL for people to sign in with it`);
  }
  const keys = placeOf(each, refuse);
  return { ...rest, typ, azp, keys, roles: new Map(Object.entries(roles)) };
}

function placeOf(each: SettledIssuer, refuse: (message: string) => never): KeyPlace {
  const { issuer, jwksUri, jwksFile } = each;
  const name = `\`${issuer}\``;
  if (jwksUri !== undefined && jwksFile !== undefined) {
    return refuse(`${name}: give \`jwksUri\` or \`jwksFile\`, not both`);
  }
  if (jwksFile !== undefined) return { kind: 'file', path: resolve(jwksFile) };
  if (jwksUri !== undefined) {
    if (!isSafe(jwksUri)) refuse(`${name}: \`jwksUri\` must be https; http is for loopback alone`);
    return { kind: 'url', url: jwksUri };
  }
  if (trustDomainNamed(issuer) !== undefined) {
    return refuse(`${name}: a trust domain needs \`jwksUri\` or \`jwksFile\`, its bundle of keys`);
  }
  if (!isSafe(issuer)) {
    return refuse(`${name}: must be an https URL to be discovered, or have a \`jwksUri\``);
  }
  return { kind: 'discovery' };
}

function isSafe(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(host));
}

function settleWorkload(each: SettledWorkload, refuse: (message: string) => never): WorkloadConfig {
  const { spiffe: _, dns: __, issuer: ___, subject: ____, ...rest } = each;
  const proof = proofOf(each, refuse);
  const name = `\`${nameOf(proof)}\``;
  if (each.kind === 'agent' && each.agents?.length !== 1) {
    refuse(`${name}: an agent's workload is for exactly one agent: name it in \`agents\``);
  }
  if ((each.kind === 'service') !== each.scopes.length > 0) {
    refuse(`${name}: a service needs \`scopes\`, and nothing else has them`);
  }
  if (each.kind !== 'opener' && each.grants.length > 0) {
    refuse(`${name}: only an opener attests claims; leave \`grants\` out`);
  }
  return { ...rest, proof };
}

function proofOf(each: SettledWorkload, refuse: (message: string) => never): WorkloadProof {
  const { spiffe, dns, issuer, subject } = each;
  const given = [spiffe, dns, subject].filter((way) => way !== undefined);
  if (given.length !== 1) return refuse('each has exactly one of `spiffe`, `dns` and `subject`');
  if (spiffe !== undefined) {
    if (trustDomainOf(spiffe) !== undefined) return { kind: 'spiffe', id: spiffe };
    return refuse(`\`${spiffe}\` is no SPIFFE id such as \`spiffe://example.org/ns/prod/sa/pay\``);
  }
  if (dns !== undefined) {
    if (/^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(dns)) return { kind: 'dns', name: dns };
    return refuse(`\`${dns}\` is no host name in lower case; wildcards are not taken`);
  }
  if (subject === undefined || issuer === undefined) {
    return refuse('a `subject` stands beside the `issuer` whose tokens name it');
  }
  return { kind: 'token', issuer, subject };
}

/** Returns what a workload is called in messages. */
function nameOf(proof: WorkloadProof): string {
  switch (proof.kind) {
    case 'spiffe':
      return proof.id;
    case 'dns':
      return proof.name;
    case 'token':
      return `${proof.subject} of ${proof.issuer}`;
  }
}

// An identity that stood twice, or could be proved in two ways that differ, would be of two kinds.
function checkPlaces(
  { issuers, workloads }: AuthorityConfig,
  hasClientCa: boolean,
  refuse: Refuse,
): void {
  const twice = firstTwice(issuers.map(({ issuer, audience }) => `${issuer} for ${audience}`));
  if (twice !== undefined) {
    refuse(ISSUERS, `\`${twice}\` stands twice: each use takes an audience of its own`);
  }
  const bySubject = issuers.filter((each) => each.for === 'principals' && each.principal === 'sub');
  if (new Set(bySubject.map(({ issuer }) => issuer)).size > 1) {
    refuse(ISSUERS, 'two issuers may call two people by one `sub`: name principals by `email`');
  }
  const same = firstTwice(workloads.map(({ proof }) => nameOf(proof)));
  if (same !== undefined) refuse(WORKLOADS, `\`${same}\` stands twice`);
  const domains = new Set<string>();
  for (const { proof } of workloads) {
    const fault = faultOf(proof, { issuers, hasClientCa });
    if (fault !== null) refuse(WORKLOADS, `\`${nameOf(proof)}\`: ${fault}`);
    if (proof.kind === 'spiffe') domains.add(trustDomainOf(proof.id) ?? '');
  }
  if (hasClientCa && domains.size > 1) {
    const names = [...domains].join('`, `');
    refuse(WORKLOADS, `\`listen.clientCaFile\` vouches for one trust domain, not for \`${names}\``);
  }
}

function faultOf(
  proof: WorkloadProof,
  {
    issuers,
    hasClientCa,
  }: { readonly issuers: readonly IssuerConfig[]; readonly hasClientCa: boolean },
): string | null {
  const ofWorkloads = issuers.filter((each) => each.for === 'workloads');
  if (proof.kind === 'dns') {
    return hasClientCa ? null : 'a `dns` name stands in a certificate: set `listen.clientCaFile`';
  }
  if (proof.kind === 'token') {
    const isKnown = ofWorkloads.some(({ issuer }) => issuer === proof.issuer);
    return isKnown ? null : 'its issuer is not in `authority.issuers` for `workloads`';
  }
  const domain = `spiffe://${trustDomainOf(proof.id) ?? ''}`;
  if (hasClientCa || ofWorkloads.some(({ issuer }) => issuer === domain)) return null;
  return `nobody vouches for it: set \`listen.clientCaFile\`, or have the issuer \`${domain}\``;
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
