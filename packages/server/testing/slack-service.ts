import type { Got, Said } from './service-stub.ts';
import { faultInBlocks, faultInMetadata } from './slack-blocks.ts';

type Json = Record<string, unknown>;

/** A message as Slack keeps it. */
export type SlackMessage = Json & { readonly ts: string; thread_ts?: string };

/** A workspace with one channel and one app, as far as Slack's reference is used here. */
export type SlackService = {
  readonly answer: (got: Got) => Said;
  /** By the order of posting. */
  readonly messages: SlackMessage[];
  /** What the app's token may do; without `channels:history` nothing is looked for. */
  readonly scopes: Set<string>;
  isArchived: boolean;
};

const TOKEN = 'xoxb-test';
const CHANNEL = 'C0ALERTS';
const BURST = 10;
// Arguments of the methods, as the reference of each lists them; others are refused here.
const POST_ARGUMENTS =
  'channel text blocks attachments metadata thread_ts reply_broadcast unfurl_links unfurl_media ' +
  'mrkdwn parse link_names username icon_url icon_emoji markdown_text';
const UPDATE_ARGUMENTS =
  'channel ts text blocks attachments metadata reply_broadcast parse link_names file_ids';

/**
 * Returns such a workspace. It checks the token, the content type, the arguments, Block Kit's
 * lengths, the metadata and the scopes, answers errors as `ok: false` in a 200, and 429 with
 * `Retry-After` to more than one message a second beyond a short burst. `clock` is in ms.
 */
export function makeSlack({ clock }: { readonly clock: () => number }): SlackService {
  let credit = BURST;
  let creditAt = clock();
  const service: SlackService = {
    messages: [],
    scopes: new Set(['chat:write', 'channels:history']),
    isArchived: false,
    answer: (got) => {
      const [path = ''] = got.path.split('?');
      if (!path.startsWith('/api/')) return { status: 404 };
      const shown = got.headers.authorization ?? '';
      if (shown === '') return no('not_authed');
      if (shown !== `Bearer ${TOKEN}`) return no('invalid_auth');
      const method = path.slice('/api/'.length);
      if (method === 'conversations.history' || method === 'conversations.replies') {
        return look(service, method, got);
      }
      if (method !== 'chat.postMessage' && method !== 'chat.update') return no('unknown_method');
      credit = Math.min(BURST, credit + (clock() - creditAt) / 1_000);
      creditAt = clock();
      if (credit < 1) return { status: 429, headers: { 'retry-after': '1' }, body: LIMITED };
      credit -= 1;
      return write(service, method, { got, now: clock() });
    },
  };
  return service;
}

const LIMITED = { ok: false, error: 'ratelimited' };

function no(error: string, more: Json = {}): Said {
  return { status: 200, body: { ok: false, error, ...more } };
}

function write(
  service: SlackService,
  method: 'chat.postMessage' | 'chat.update',
  { got, now }: { readonly got: Got; readonly now: number },
): Said {
  if (got.method !== 'POST') return no('invalid_arguments');
  if (!/^application\/json; charset=utf-8$/.test(got.headers['content-type'] ?? '')) {
    return no('invalid_post_type');
  }
  const said = parsed(got.body);
  if (said === null) return no('invalid_json');
  const names = method === 'chat.update' ? UPDATE_ARGUMENTS : POST_ARGUMENTS;
  if (!Object.keys(said).every((name) => names.split(' ').includes(name))) {
    return no('invalid_arguments');
  }
  const fault = faultIn(service, said);
  if (fault !== null) return no(fault);
  if (method === 'chat.update') return update(service, said);
  const parent = said['thread_ts'];
  if (parent !== undefined && !service.messages.some(({ ts }) => ts === parent)) {
    return no('thread_not_found');
  }
  const ts = timestampOf(service, now);
  const message: SlackMessage = { type: 'message', bot_id: 'B0', ...said, ts };
  service.messages.push(message);
  return { status: 200, body: { ok: true, channel: CHANNEL, ts, message } };
}

function faultIn(service: SlackService, said: Json): string | null {
  const { channel, text, blocks, metadata } = said;
  if (!service.scopes.has('chat:write')) return 'missing_scope';
  if (channel !== CHANNEL) return 'channel_not_found';
  if (service.isArchived) return 'is_archived';
  if (typeof text !== 'string' || text === '') return 'no_text';
  if (text.length > 40_000) return 'msg_too_long';
  return faultInBlocks(blocks) ?? faultInMetadata(metadata);
}

function update(service: SlackService, said: Json): Said {
  const message = service.messages.find(({ ts }) => ts === said['ts']);
  if (message === undefined) return no('message_not_found');
  Object.assign(message, said);
  return { status: 200, body: { ok: true, channel: CHANNEL, ts: message.ts, text: said['text'] } };
}

function timestampOf({ messages }: SlackService, now: number): string {
  const number = `${messages.length}`.padStart(6, '0');
  return `${Math.floor(now / 1_000)}.${number}`;
}

/** Newest first, without replies that were not sent to the channel; a thread oldest first. */
function look(
  { messages, scopes }: SlackService,
  method: 'conversations.history' | 'conversations.replies',
  got: Got,
): Said {
  if (got.method !== 'GET') return no('method_not_supported_for_channel_type');
  if (!scopes.has('channels:history')) {
    return no('missing_scope', { needed: 'channels:history', provided: [...scopes].join(',') });
  }
  const asked = new URL(got.path, 'http://slack').searchParams;
  const limit = Number(asked.get('limit') ?? 100);
  if (asked.get('channel') !== CHANNEL) return no('channel_not_found');
  if (!Number.isInteger(limit) || limit < 1 || limit > 999) return no('invalid_limit');
  const parent = asked.get('ts');
  const isThread = method === 'conversations.replies';
  if (isThread && !messages.some(({ ts }) => ts === parent)) return no('thread_not_found');
  const oldest = Number(asked.get('oldest') ?? 0);
  const start = Number(asked.get('cursor') ?? 0);
  const inPlace = messages.filter(({ ts, thread_ts: of, reply_broadcast: isShown }) => {
    return isThread ? ts === parent || of === parent : of === undefined || isShown === true;
  });
  // The parent of a thread comes with it, whatever its time.
  const found = inPlace.filter(({ ts }) => Number(ts) > oldest || (isThread && ts === parent));
  const ordered = isThread ? found : found.toReversed();
  const page = ordered.slice(start, start + limit);
  const hasMore = start + limit < ordered.length;
  const isWhole = asked.get('include_all_metadata') === 'true';
  return {
    status: 200,
    body: {
      ok: true,
      messages: page.map(({ metadata, ...rest }) => (isWhole ? { ...rest, metadata } : rest)),
      has_more: hasMore,
      response_metadata: { next_cursor: hasMore ? `${start + limit}` : '' },
    },
  };
}

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    // An object is all that is looked at.
    return typeof value === 'object' && value !== null ? (value as Json) : null;
  } catch {
    return null;
  }
}
