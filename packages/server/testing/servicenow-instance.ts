import { createHash } from 'node:crypto';

import type { Got, Said } from './service-stub.ts';

type Row = Record<string, string>;

/** An instance of ServiceNow as far as its Table API is documented and used here. */
export type Instance = {
  readonly answer: (got: Got) => Said;
  readonly tables: Map<string, Row[]>;
  /** Somebody with an address there approves or rejects a change request. */
  readonly decide: (change: string, email: string, state: 'approved' | 'rejected') => void;
  /** The next answer is lost: the work is done, and a 504 comes back. */
  loseNext: boolean;
  tokens: number;
};

/** How many requests of a user a rule of the instance takes in an hour, on a clock in ms. */
export type RateRule = { readonly perHour: number; readonly clock: () => number };

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  incident: [
    'short_description',
    'description',
    'impact',
    'urgency',
    'correlation_id',
    'correlation_display',
    'assignment_group',
    'work_notes',
    'state',
    'close_code',
    'close_notes',
  ],
  change_request: [
    'short_description',
    'description',
    'impact',
    'urgency',
    'correlation_id',
    'correlation_display',
    'assignment_group',
    'type',
    'approval',
    'work_notes',
  ],
};

const HOUR_MS = 3_600_000;

/**
 * Returns an instance that takes Basic authentication, and tokens of its one OAuth client. With a
 * rule it answers what is beyond it with 429, as "Inbound REST API rate limiting" says.
 */
export function makeInstance(rule?: RateRule): Instance {
  const limited = rule === undefined ? (): null => null : limiterOf(rule);
  const tables = new Map<string, Row[]>();
  const rowsOf = (name: string): Row[] => {
    const rows = tables.get(name) ?? [];
    tables.set(name, rows);
    return rows;
  };
  const instance: Instance = {
    tables,
    tokens: 0,
    loseNext: false,
    decide: (of, email, state) => {
      const id = idOf(`${of}${email}`);
      const row = { sys_id: id, sysapproval: of, 'approver.email': email, state };
      rowsOf('sysapproval_approver').push(row);
    },
    answer: (got) => {
      if (got.path === '/oauth_token.do') return token(instance, got);
      if (!isKnown(instance, got)) return { status: 401, body: error('User Not Authenticated') };
      const refusal = limited();
      if (refusal !== null) return refusal;
      const said = table(rowsOf, got);
      if (!instance.loseNext || got.method === 'GET') return said;
      instance.loseNext = false;
      return { status: 504 };
    },
  };
  return instance;
}

/** Counts by the hour of the clock, as an instance does; then it begins anew. */
function limiterOf({ perHour, clock }: RateRule): () => Said | null {
  let hour = -1;
  let count = 0;
  return () => {
    const now = Math.floor(clock() / HOUR_MS);
    count = now === hour ? count + 1 : 1;
    hour = now;
    if (count <= perHour) return null;
    const endsAt = (hour + 1) * HOUR_MS;
    const headers = {
      'retry-after': `${Math.ceil((endsAt - clock()) / 1_000)}`,
      'x-ratelimit-limit': `${perHour}`,
      'x-ratelimit-reset': `${Math.floor(endsAt / 1_000)}`,
      'x-ratelimit-rule': idOf('rule'),
    };
    return { status: 429, headers, body: error('Rate limit exceeded') };
  };
}

function error(message: string): object {
  return { error: { message, detail: null }, status: 'failure' };
}

function idOf(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function isKnown({ tokens }: Instance, { headers }: Got): boolean {
  const basic = `Basic ${Buffer.from('plumb:pass').toString('base64')}`;
  return headers.authorization === basic || headers.authorization === `Bearer token-${tokens}`;
}

function token(instance: Instance, { body, headers }: Got): Said {
  const form = new URLSearchParams(body);
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
  const isGood =
    isForm &&
    form.get('grant_type') === 'client_credentials' &&
    form.get('client_id') === 'client' &&
    form.get('client_secret') === 'pass';
  if (!isGood) return { status: 401, body: { error: 'invalid_client' } };
  instance.tokens += 1;
  const access_token = `token-${instance.tokens}`;
  return { status: 200, body: { access_token, token_type: 'Bearer', expires_in: 1_799 } };
}

function table(rowsOf: (table: string) => Row[], got: Got): Said {
  const { pathname, searchParams } = new URL(got.path, 'http://x');
  const [, name = '', id] =
    /^\/api\/now\/table\/([a-z_]+)(?:\/([0-9a-f]{32}))?$/.exec(pathname) ?? [];
  if (name === '') return { status: 404, body: error('No Record found') };
  if (got.headers.accept !== 'application/json') return { status: 406, body: error('accept') };
  const rows = rowsOf(name);
  if (got.method === 'GET') return { status: 200, body: { result: query(rows, searchParams) } };
  if (got.headers['content-type'] !== 'application/json') return { status: 415 };
  const given: Row = JSON.parse(got.body);
  const unknown = Object.keys(given).find((field) => FIELDS[name]?.includes(field) !== true);
  if (unknown !== undefined) return { status: 400, body: error(`no field ${unknown}`) };
  if ((given['short_description'] ?? '').length > 160) return { status: 400, body: error('long') };
  if ((given['correlation_id'] ?? '').length > 100) return { status: 400, body: error('long') };
  return change(rowsOf, { name, id, given });
}

function change(
  rowsOf: (table: string) => Row[],
  { name, id, given }: { readonly name: string; readonly id: string | undefined; given: Row },
): Said {
  const rows = rowsOf(name);
  if (id === undefined) {
    const made = { state: '1', ...given, sys_id: idOf(`${name}${rows.length}`) };
    rows.push(made);
    return { status: 201, body: { result: made } };
  }
  const row = rows.find(({ sys_id }) => sys_id === id);
  if (row === undefined) return { status: 404, body: error('No Record found') };
  const { work_notes: note, ...rest } = given;
  if (note !== undefined) rowsOf('sys_journal_field').push({ element_id: id, value: note });
  if (rest['state'] === '6' && (rest['close_code'] ?? '') === '') {
    return { status: 403, body: error('Data Policy Exception: close_code is mandatory') };
  }
  Object.assign(row, rest);
  return { status: 200, body: { result: row } };
}

/** Encoded queries, as far as they are used here. */
function query(rows: readonly Row[], parameters: URLSearchParams): readonly Row[] {
  const all = (parameters.get('sysparm_query') ?? '').split('^');
  const terms = all.filter((term) => !term.startsWith('ORDERBY'));
  const isNewest = all.includes('ORDERBYDESCsys_created_on');
  const fields = (parameters.get('sysparm_fields') ?? '').split(',');
  const fits = (row: Row): boolean =>
    terms.every((term) => {
      const [, field = '', sign, value = ''] = /^([a-z_]+)(=|NOT IN|IN|LIKE)(.*)$/.exec(term) ?? [];
      const own = row[field] ?? '';
      if (sign === '=') return own === value;
      if (sign === 'LIKE') return own.includes(value);
      return value.split(',').includes(own) === (sign === 'IN');
    });
  const ordered = isNewest ? rows.toReversed() : rows;
  const found = ordered.filter(fits).slice(0, Number(parameters.get('sysparm_limit')));
  return found.map((row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? ''])));
}
