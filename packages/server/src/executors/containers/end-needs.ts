import type { Egress } from '../../egress/egress.ts';
import type { ReadSecret } from '../../notify/read-secret.ts';
import type { Pace } from './rounds.ts';

/** What an engine or a cluster is reached with. */
export type DialNeeds = {
  readonly egress: Pick<Egress, 'addressOf'>;
  readonly readSecret: ReadSecret;
};

/** What containers are ended with. */
export type EndNeeds = DialNeeds & { readonly pace: Pace };
