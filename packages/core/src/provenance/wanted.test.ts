import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs, verifies } from '@plumbline/testkit';
import { emptyMemory, remember, trace } from './memory.ts';

/** Each: what the principal said, a value, and whether it stands there. */
function assertStanding(cases: readonly (readonly [string, string | number, boolean])[]): void {
  for (const [text, value, stands] of cases) {
    const memory = emptyMemory();
    remember(memory, { kind: 'principal', text });
    const sources = trace(memory, value);
    assert.deepEqual(sources, stands ? ['principal'] : ['agent'], `\`${value}\` in \`${text}\``);
  }
}

test('provenance: amounts are found as people write them', () => {
  verifies('detect.provenance');
  assertStanding([
    ['refund $1,250.00 now', 1250, true],
    ['pay 12,000 euros', 12_000, true],
    ['zahle 1.250,50 €', 1250.5, true],
    ["CHF 1'250.50", 1250.5, true],
    ['1 250,00 €', 1250, true],
    ['12,50 €', 12.5, true],
    ['refund $50', '50.00', true],
    ['refund $1,250.00', '1250', true],
    ['refund $1250', '1,250.00', true],
    ['pay 12,0005', 12_000, false],
    ['pay 12,501', 12.5, false],
    ['pay 1,250.75', 1250, false],
    ['code 007', 7, false],
    ['ادفع ١٢٣ ريال', 123, true],
    ['९,५०० रुपये', 9500, true],
  ]);
});

test('provenance: account and phone numbers are found however they are grouped', () => {
  verifies('detect.provenance');
  assertStanding([
    ['pay DE89 3704 0044 0532 0130 00 today', 'DE89370400440532013000', true],
    ['pay DE89370400440532013000', 'DE89 3704 0044 0532 0130 00', true],
    ['pay DE89 3704 0044 0532 0130 01', 'DE89370400440532013000', false],
    ['call +33 1 23 45 67 89', '+33123456789', true],
    ['call (555) 123-4567', '5551234567', true],
    ['call 555-123-4567', '(555) 123-4567', true],
    ['card 4242 4242 4242 4242', 4242424242424242, true],
    ['card 4242 4242 4242 4243', '4242424242424242', false],
    ['1234,5678', '12345678', false],
    ['at 555-1234x', '555-1234', false],
    ['rooms 12 and 34', '12-34', false],
  ]);
});

test('provenance: marks around an id, and a label before it, are not part of it', () => {
  verifies('detect.provenance');
  assertStanding([
    ['cancel order W0123', '#W0123', true],
    ['cancel order #W0123', 'W0123', true],
    ['ping @ada in #ops', 'ada', true],
    ['ping ada', '@ada', true],
    ['bob@ada', '@ada', false],
    ['list /tmp/out', '/tmp/out/', true],
    ['open example.com', 'example.com/', true],
    ['list /tmp/out', '/tmp/', false],
    ['mailto:bob@z.com', 'bob@z.com', true],
    ['order:W0123', 'W0123', true],
    ['id:7', '7', true],
    ['at 10:07', '7', false],
    ['at 10:07', '10', false],
    ['localhost:8080', 'localhost', false],
    ['A1:B2', 'A1', false],
  ]);
});

test('provenance: curly quotes and typeset hyphens are those of a keyboard', () => {
  verifies('detect.provenance');
  assertStanding([
    ['write to O’Brien', "O'Brien", true],
    ["write to O'Brien", 'O’Brien', true],
    ['call it “The Plan”', '"The Plan"', true],
    ['order A‑1001', 'A-1001', true],
    ['call Bob—he knows', 'Bob', true],
  ]);
});

test('provenance: words of scripts without blanks are found inside a sentence', () => {
  verifies('detect.provenance');
  assertStanding([
    ['请给王小明转账100元', '王小明', true],
    ['请给王小明转账100元', 100, true],
    ['转给王小明100元', '王小明', true],
    ['发给bob@z.com谢谢', 'bob@z.com', true],
    ['発注Ａ１００１です', 'A1001', true],
    ['田中さんにメール', '田中', true],
    ['김철수에게 메일', '김철수', true],
    ['bob@z.com으로 보내', 'bob@z.com', true],
    ['โอนเงินให้สมชาย', 'สมชาย', true],
    ['发给bob@z.company谢谢', 'bob@z.com', false],
    ['для Ивана', 'Иван', false],
  ]);
});

test('provenance: a value made to look almost like an account is looked for at once', () => {
  const memory = emptyMemory();
  remember(memory, { kind: 'principal', text: `de89 ${'1'.repeat(60_000)} ${'( '.repeat(2_000)}` });
  const values = [`de8912345678${'a'.repeat(35)}!`, '1'.repeat(47), `${'1 '.repeat(23)}2`];
  const tookMs = processorMs(() => {
    for (const value of values) assert.deepEqual(trace(memory, value), ['agent']);
  });
  assert.ok(tookMs < 2_000);
});
