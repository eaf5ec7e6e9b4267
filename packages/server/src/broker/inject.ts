import type { Inject } from '../store/vault.ts';

/** A call with a secret in it. */
export type Injected = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Every text that an answer must not give back. */
  readonly secrets: readonly string[];
};

/** Puts a secret into a call. */
export function injectSecret(at: URL, inject: Inject, secret: string): Injected {
  switch (inject.kind) {
    case 'bearer':
      return { url: at.href, headers: { authorization: `Bearer ${secret}` }, secrets: [secret] };
    case 'header':
      return { url: at.href, headers: { [inject.name]: secret }, secrets: [secret] };
    case 'basic': {
      const encoded = Buffer.from(secret, 'utf8').toString('base64');
      const password = secret.slice(secret.indexOf(':') + 1);
      const secrets = password.length < SHORTEST ? [secret] : [secret, password];
      return { url: at.href, headers: { authorization: `Basic ${encoded}` }, secrets };
    }
    case 'query': {
      const url = new URL(at);
      // What an argument may have put there gives way.
      url.searchParams.set(inject.name, secret);
      return { url: url.href, headers: {}, secrets: [secret] };
    }
  }
}

/** The shortest text that is looked for in answers; a shorter one stands everywhere. */
const SHORTEST = 8;
