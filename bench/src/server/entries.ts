/** As long as a decision with short arguments once was; also what other logs are measured with. */
export const ENTRY_BYTES = 525;

/** Returns a maker of entries of one length, each different, as fresh bytes. */
export function entryMaker(length: number = ENTRY_BYTES): () => Buffer {
  const head = '{"agent":null,"at":1704067200000,"kind":"heartbeat","n":';
  const filling = 'a stitch in time saves nine, '.repeat(Math.ceil(length / 29));
  const template = Buffer.alloc(length, `${head}000000000000,"open":{"text":"${filling}`);
  template.write('"}}', length - 3);
  let index = 0;
  return () => {
    const bytes = Buffer.from(template);
    bytes.write(String(index).padStart(12, '0'), head.length, 'latin1');
    index += 1;
    return bytes;
  };
}
