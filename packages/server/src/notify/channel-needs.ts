import type { Egress } from '../egress/egress.ts';
import type { ReadSecret } from './read-secret.ts';

/** What channels are made with. */
export type ChannelNeeds = {
  readonly egress: Pick<Egress, 'request' | 'addressOf'>;
  readonly readSecret: ReadSecret;
  readonly origin: string;
};
