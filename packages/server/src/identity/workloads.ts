import { hash } from 'node:crypto';

import type { WorkloadConfig, WorkloadProof } from '../config/authority.ts';
import { trustDomainNamed } from '../config/spiffe-id.ts';
import type { Caller, Mechanism } from '../routes/caller.ts';
import type { CertifiedNames } from './peer-certificate.ts';
import { bad, type Checked, good } from './token-fault.ts';
import type { VerifiedToken } from './verify-token.ts';

/** Which workloads are known, by what proves them. */
export type Workloads = {
  /** Returns whether a subject is a workload that is configured, whatever the token is for. */
  readonly isKnown: (token: Pick<VerifiedToken, 'issuer' | 'subject'>) => boolean;
  /** Returns the workload a token names; one that is not configured is nobody. */
  readonly ofToken: (token: VerifiedToken) => Checked<Caller>;
  /** Returns the workload a certificate names, or null when it names none that is configured. */
  readonly ofCertificate: (names: CertifiedNames) => Checked<Caller | null>;
};

/** Returns the workloads that are configured. */
export function knownWorkloads(workloads: readonly WorkloadConfig[]): Workloads {
  const known = new Map(workloads.map((each) => [keyOf(each.proof), each]));
  const find = (proof: WorkloadProof): WorkloadConfig | undefined => known.get(keyOf(proof));
  return {
    isKnown: ({ issuer: { issuer }, subject }) => {
      const proofs = [
        { kind: 'spiffe', id: subject },
        { kind: 'token', issuer, subject },
      ] as const;
      return proofs.some((proof) => find(proof) !== undefined);
    },
    ofToken: ({ issuer: { issuer }, subject }) => {
      const isSpiffe = trustDomainNamed(issuer) !== undefined;
      const found = isSpiffe
        ? find({ kind: 'spiffe', id: subject })
        : find({ kind: 'token', issuer, subject });
      if (found === undefined) return bad('workload', 'no workload of that name is configured');
      return good(callerOf(found, isSpiffe ? 'spiffe' : 'oidc'));
    },
    ofCertificate: (names) => {
      if (names.kind === 'spiffe') {
        const found = find(names);
        return good(found === undefined ? null : callerOf(found, 'spiffe'));
      }
      const found = names.names.flatMap((name) => find({ kind: 'dns', name }) ?? []);
      const [first, second] = new Set(found);
      if (second !== undefined) return bad('workload', 'the certificate names several workloads');
      return good(first === undefined ? null : callerOf(first, 'mtls'));
    },
  };
}

function keyOf(proof: WorkloadProof): string {
  switch (proof.kind) {
    case 'spiffe':
      return proof.id;
    case 'dns':
      return `dns ${proof.name}`;
    case 'token':
      return `token ${proof.issuer} ${proof.subject}`;
  }
}

function callerOf({ proof, kind, agents, scopes, grants }: WorkloadConfig, by: Mechanism): Caller {
  const id = `wl_${hash('sha256', keyOf(proof), 'hex').slice(0, 16)}`;
  return { id, kind, roles: [], scopes, agents, person: null, mechanism: by, grants };
}
