import type { JsonObject } from '@plumbline/core';

import type { PeopleConfig, WebAuthnConfig } from './people.ts';
import type { SettledPeople } from './people-schema.ts';

type Refuse = (path: string, message: string) => never;

const RP_ID = 'authority.webauthn.rpId';
const ORIGINS = 'authority.webauthn.origins';

/** Returns what people prove and give, of checked settings; what they contradict is refused. */
export function settlePeople(
  { webauthn: { rpId, origins }, grants }: SettledPeople,
  refuse: Refuse,
): PeopleConfig {
  if (rpId === null && origins.length === 0) return { webauthn: null, grants };
  if (rpId === null) return refuse(RP_ID, 'is missing beside the origins');
  if (origins.length === 0) return refuse(ORIGINS, `is missing beside \`${RP_ID}\``);
  for (const origin of origins) {
    const why = faultOf(origin, rpId);
    if (why !== null) refuse(ORIGINS, `\`${origin}\` ${why}`);
  }
  return { webauthn: { rpId, origins }, grants };
}

/** Browsers take a domain or a name below it, and nothing in the clear but `localhost`. */
function faultOf(origin: string, rpId: string): string | null {
  const { hostname, protocol, origin: bare } = new URL(origin);
  if (bare !== origin) return `must be an origin alone: \`${bare}\``;
  if (hostname !== rpId && !hostname.endsWith(`.${rpId}`)) {
    return `must be \`${rpId}\` or a name below it`;
  }
  return protocol === 'https:' || hostname === 'localhost' ? null : 'must be https';
}

/** Returns what people prove and give, in the form of the configuration file. */
export function printPeople({ webauthn, grants }: PeopleConfig): JsonObject {
  const { rpId, origins }: WebAuthnConfig | { rpId: null; origins: [] } =
    webauthn ?? ({ rpId: null, origins: [] } as const);
  return {
    webauthn: { rpId, origins: [...origins] },
    grants: grants.map(({ by, values, agents, ...rest }) => {
      const whose = agents === null ? null : [...agents];
      return { ...rest, by: [...by], values: [...values], agents: whose };
    }),
  };
}
