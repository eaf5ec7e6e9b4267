import type { JsonObject } from '@plumbline/core';

import { printSecret } from './notify-schema.ts';
import type { AuthorityConfig, IssuerConfig, WorkloadConfig } from './authority.ts';

/** Returns who is believed, in the form of the configuration file. */
export function printAuthority({ issuers, workloads }: AuthorityConfig): JsonObject {
  return { issuers: issuers.map(printIssuer), workloads: workloads.map(printWorkload) };
}

function printIssuer({ keys, roles, client, ...rest }: IssuerConfig): JsonObject {
  const shown = client === null ? null : { ...client, secret: printSecret(client.secret) };
  return { ...rest, ...printKeys(keys), client: shown, roles: Object.fromEntries(roles) };
}

function printKeys(keys: IssuerConfig['keys']): JsonObject {
  switch (keys.kind) {
    case 'discovery':
      return {};
    case 'url':
      return { jwksUri: keys.url };
    case 'file':
      return { jwksFile: keys.path };
  }
}

function printWorkload({ proof, grants, ...rest }: WorkloadConfig): JsonObject {
  const shown = { ...rest, grants: grants.map((grant) => ({ ...grant })) };
  switch (proof.kind) {
    case 'spiffe':
      return { spiffe: proof.id, ...shown };
    case 'dns':
      return { dns: proof.name, ...shown };
    case 'token':
      return { issuer: proof.issuer, subject: proof.subject, ...shown };
  }
}
