import type { Revocation, Revocations } from '../config/revocations.ts';
import type { Egress, EgressRequest, EgressResult } from '../egress/egress.ts';
import { signerOf } from '../notify/channels/webhook.ts';
import type { ReadSecret } from '../notify/read-secret.ts';
import type { Attempt, Executor, Halted } from './executor.ts';

/** What revoking works with. */
export type RevokeNeeds = {
  readonly egress: Pick<Egress, 'request'>;
  readonly readSecret: ReadSecret;
  readonly clock: () => number;
};

const BOUNDS = { timeoutMs: 5_000, maxBytes: 65_536 } as const;
const RETRIES = { most: 8, afterMs: 250 } as const;
/** What was sent is wrong, or whoever sent it may not: sending it again comes to the same. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 413, 415, 422]);

/**
 * Returns the executors that revoke elsewhere what halted agents were given. They run once an
 * agent, or every agent, is halted as a whole, after its credentials are dropped here, all at once.
 */
export function revokers(revocations: Revocations, needs: RevokeNeeds): readonly Executor[] {
  return Object.entries(revocations).map(([name, revocation]) => {
    const executor = `revoke-${name}`;
    return {
      name: executor,
      order: 1,
      concerns: ({ agent, scope }) => {
        const isWhole = scope === 'agent' || scope === 'fleet';
        return isWhole && (revocation.agents?.includes(agent) ?? true);
      },
      execute: async (halted) => {
        const made = requestOf(revocation, needs, { halted, executor });
        if ('why' in made) return { state: 'failed', why: made.why };
        return attemptOf(await needs.egress.request({ ...made, method: 'POST', ...BOUNDS }));
      },
      check: async (halted) => {
        const made = requestOf(revocation, needs, { halted, executor });
        return 'why' in made ? { state: 'failed', why: made.why } : { state: 'done' };
      },
      retries: RETRIES,
    };
  });
}

type Sent = Pick<EgressRequest, 'url' | 'headers' | 'body'>;
type Why = { readonly why: string };
type About = { readonly halted: Halted; readonly executor: string };

function requestOf(revocation: Revocation, needs: RevokeNeeds, about: About): Sent | Why {
  return revocation.kind === 'oauth'
    ? oauthOf(revocation, needs)
    : webhookOf(revocation, needs, about);
}

/** Source: RFC 7009, section 2.1; client authentication by RFC 6749, section 2.3.1. */
function oauthOf(
  { url, token, hint, client }: Extract<Revocation, { readonly kind: 'oauth' }>,
  { readSecret }: RevokeNeeds,
): Sent | Why {
  const held = readSecret(token);
  if (!held.ok) return held;
  const form = new URLSearchParams({ token: held.secret });
  if (hint !== null) form.set('token_type_hint', hint);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  if (client === null) return { url, headers, body: form.toString() };
  if (client.secret === null) {
    form.set('client_id', client.id);
    return { url, headers, body: form.toString() };
  }
  const known = readSecret(client.secret);
  if (!known.ok) return known;
  const pair = `${formText(client.id)}:${formText(known.secret)}`;
  const authorization = `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
  return { url, headers: { ...headers, authorization }, body: form.toString() };
}

function formText(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

/** The id is the same with every try, so that a receiver does it once. */
function webhookOf(
  { url, secret }: Extract<Revocation, { readonly kind: 'webhook' }>,
  { readSecret, clock }: RevokeNeeds,
  { halted, executor }: About,
): Sent | Why {
  const held = readSecret(secret);
  if (!held.ok) return held;
  const { halt, agent, scope, epoch } = halted;
  const key = `${halt}.${agent}.${executor}`;
  const now = clock();
  const body = JSON.stringify({
    type: 'plumbline.revoke',
    timestamp: new Date(now).toISOString(),
    data: { halt, agent, scope, epoch },
  });
  return {
    url,
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': key,
      'webhook-timestamp': `${Math.floor(now / 1_000)}`,
      'webhook-signature': signerOf(held.secret).sign(key, new Date(now), body),
    },
  };
}

function attemptOf(result: EgressResult): Attempt {
  if (!result.ok) return { state: 'failed', why: `it was not asked (${result.fault})` };
  const { status } = result.value;
  if (status >= 200 && status < 300) return { state: 'done' };
  const why = `it answered ${status}`;
  return FINAL.has(status) ? { state: 'failed', why, isFinal: true } : { state: 'failed', why };
}
