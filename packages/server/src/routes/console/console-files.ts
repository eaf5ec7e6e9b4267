import type { IncomingHttpHeaders } from 'node:http';

import { INDEX, type Site, type SiteFile } from '../../site/built-site.ts';
import type { SignInProblem } from '../../services/sign-ins/sign-ins.ts';
import type { StreamReply } from '../mcp/mcp-door.ts';
import { refuse, type Reply } from '../route.ts';
import { PAGE_HEADERS } from './page-headers.ts';

const YEAR_S = 31_536_000;

/**
 * Returns the answer to a path below `/console/`: the file of that name, or the page, which reads
 * the path itself. A name among the hashed files is never the page: a script that is gone must not
 * look like one that is there.
 */
export async function consoleReply(
  site: Site,
  path: string,
  headers: IncomingHttpHeaders,
): Promise<Reply> {
  const accepted = headers['accept-encoding'] ?? '';
  const file = await site.file(path, accepted);
  if (file !== undefined) return fileReply(file, headers);
  if (path.startsWith('assets/')) {
    return refuse({ code: 'not-found', detail: 'there is no such file: load the page again' });
  }
  const page = await site.file(INDEX, accepted);
  return page === undefined ? NOT_BUILT : fileReply(page, headers);
}

function fileReply(
  file: SiteFile,
  { 'if-none-match': known = '' }: IncomingHttpHeaders,
): StreamReply {
  const { etag, isImmutable, mediaType, encoding, bytes, hasEncodings } = file;
  const headers = {
    ...PAGE_HEADERS,
    etag,
    'cache-control': isImmutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
    ...(hasEncodings ? { vary: 'Accept-Encoding' } : {}),
  };
  if (isKnown(known, etag)) {
    return { kind: 'stream', status: 304, write: (out) => void out.writeHead(304, headers).end() };
  }
  const whole = {
    ...headers,
    'content-type': mediaType,
    'content-length': bytes.length,
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
  };
  return { kind: 'stream', status: 200, write: (out) => void out.writeHead(200, whole).end(bytes) };
}

function isKnown(known: string, etag: string): boolean {
  const tags = known.split(',').map((each) => each.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

/** Returns an answer that leads a browser on. */
export function leadTo(place: string, cookies: readonly string[] = []): StreamReply {
  const set = cookies.length === 0 ? {} : { 'set-cookie': [...cookies] };
  const headers = { ...PAGE_HEADERS, location: place, 'cache-control': 'no-store', ...set };
  return { kind: 'stream', status: 302, write: (out) => void out.writeHead(302, headers).end() };
}

/** Returns an answer that leads to a page of the console, which says why nobody signed in. */
export function leadToProblem(
  problem: SignInProblem,
  to = '/console/sign-in',
  cookies: readonly string[] = [],
): StreamReply {
  // A word of a closed list: an address must not be able to put words into the console's mouth.
  return leadTo(`${to}#problem=${problem}`, cookies);
}

const NOT_BUILT: Reply = {
  kind: 'page',
  status: 503,
  policy: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Plumbline</title></head>
<body>
<h1>The console is not built</h1>
<p>The daemon runs, and its API answers. Build the console in the clone, then load this page
again:</p>
<pre>npm run console</pre>
<p>A console that stands elsewhere is named by the setting <code>console.folder</code>.</p>
</body>
</html>
`,
};
