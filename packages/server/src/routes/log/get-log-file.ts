import { refuse, route, type Route } from '../route.ts';

// Spelt out, so that no decoding, no dots and no second slash can lead anywhere else.
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/;

/** Returns whether a path below `/log/` is one spelt-out file. */
export function isLogPath(path: string): boolean {
  return path.length <= 512 && path.split('/').every((segment) => SEGMENT.test(segment));
}

/** One of the log's static files. */
export const getLogFile: Route = route({
  name: 'getLogFile',
  method: 'GET',
  path: '/log/{file}',
  rights: ['read'],
  reach: 'node',
  summary: "the log's static files; without a key unless the log is configured to need one",
  answer: { status: 200, type: 'application/octet-stream' },
  codes: ['not-found'],
  handle: async ({ staticFile }, { params: { file } }) => {
    const bytes = isLogPath(file) ? await staticFile(file) : undefined;
    if (bytes === undefined) return refuse({ code: 'not-found', detail: 'there is no such file' });
    const isNote = file === 'checkpoint' || file.endsWith('/checkpoint');
    const type = isNote ? 'text/plain; charset=utf-8' : 'application/octet-stream';
    return { kind: 'bytes', type, bytes, cache: isNote ? 'no-cache' : IMMUTABLE };
  },
});

const IMMUTABLE = 'public, max-age=31536000, immutable';
