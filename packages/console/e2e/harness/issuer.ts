import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

const program = join(import.meta.dirname, '../../../server/testing/oidc-program.ts');

const endings: (() => Promise<void>)[] = [];

after(async () => {
  for (const end of endings) await end();
});

/** Somebody whom the issuer knows. */
export type Account = {
  readonly sub: string;
  readonly email: string;
  readonly roles: readonly string[];
};

/** A real OpenID provider in a process of its own. */
export type TestIssuer = {
  /** What lets a daemon sign people in with it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly origin: string;
  /** Who signs in from now on; null: whoever comes turns away. */
  readonly let: (account: Account | null) => Promise<void>;
  readonly turn: (state: 'on' | 'off') => Promise<void>;
};

/** Starts an issuer, which is ended when all tests are over. */
export async function startIssuer(): Promise<TestIssuer> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-issuer-'));
  const secret = join(folder, 'secret');
  await writeFile(secret, 'a-secret-of-the-test', { mode: 0o600 });
  const child = spawn(process.execPath, ['--conditions=plumbline-source', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  endings.push(async () => {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const origin = String((await lines.next()).value);
  const order = async (what: object): Promise<void> => {
    child.stdin.write(`${JSON.stringify(what)}\n`);
    if ((await lines.next()).done === true) throw new Error('the issuer has ended');
  };
  const own = { issuer: origin, audience: 'RS256', for: 'people', roles: ROLES };
  const issuers = [{ ...own, client: { name: 'Example', secret } }];
  return {
    settings: { 'authority.issuers': JSON.stringify(issuers), allowNetworks: '127.0.0.0/8' },
    origin,
    let: (account) =>
      order({ account: account === null ? null : { ...account, email_verified: true } }),
    turn: (state) => order({ turn: state }),
  };
}

const ROLES = { ops: 'operator', look: 'viewer' };
