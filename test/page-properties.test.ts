import assert from 'node:assert/strict';

import {expect, jest, test} from '@jest/globals';
import fc from 'fast-check';

import {type AuditPage, parseAuditPage} from '../src/confluence/audit-page';
import {NotAnAuditLog} from '../src/confluence/not-an-audit-log';
import {selectRecords} from '../src/confluence/page-records';
import {RecordHasher} from '../src/confluence/record-id';
import {Cursor} from '../src/cursor';
import {JsonCursor} from '../src/json-cursor';
import {JsonCutOff, JsonFault} from '../src/json-tokens';
import {Emitter} from '../src/streams/emitter';
import type {Message} from './support/connector';
import {jsonText, pageText, recordText} from './support/json-text';
import {runs, SOAK_TIMEOUT_MS} from './support/soak';

jest.setTimeout(SOAK_TIMEOUT_MS);

const CLOUD_ID = '5e1f3a52-9a4c-4c0e-8f53-6a0c1b8d2f10';

const page = fc
  .array(recordText, {maxLength: 5})
  .chain((records) => fc.record({records: fc.constant(records), text: pageText(records)}));

function parse(text: string | Buffer): AuditPage {
  return parseAuditPage(Buffer.from(text), new RecordHasher(CLOUD_ID));
}

/** The RECORD messages for all of a page. */
function emitAll(parsed: AuditPage): NonNullable<Message['record']>[] {
  const cursor = new Cursor({
    state: undefined,
    backfillStartMs: 0,
    lookbackMs: 0,
    cloudId: CLOUD_ID,
  });
  const records = [selectRecords(parsed, {fromMs: 0, toMs: Infinity})];
  const {bytes} = new Emitter('audit_records', CLOUD_ID, cursor).emit(records, 7, false);
  const lines = bytes.toString('utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => (JSON.parse(line) as Required<Message>).record);
}

interface Parsed {
  readonly creationDate: number;
  readonly [field: string]: unknown;
}

test('any page: a RECORD is the record as it was sent, and three fields', () => {
  fc.assert(
    fc.property(page, ({records, text}) => {
      const sent = records
        .map((record) => JSON.parse(record) as Parsed)
        .toReversed()
        .sort((a, b) => a.creationDate - b.creationDate);
      const messages = emitAll(parse(text));
      assert.equal(messages.length, sent.length);
      messages.forEach(({data}, i) => {
        const createdAt = new Date(sent[i]!.creationDate).toISOString();
        assert.match(data.id, /^v1:[0-9a-f]{32}(:\d+)?$/);
        assert.deepEqual(data, {...sent[i], id: data.id, cloudId: CLOUD_ID, createdAt});
      });
    }),
    runs(1500),
  );
});

test('any record: the hash that is copied together is the one of the documented array', () => {
  const hasher = new RecordHasher(CLOUD_ID);
  fc.assert(
    fc.property(recordText, (record) => {
      const {hashes} = parse(`{"results":[${record}]}`);
      assert.deepEqual(hashes, [hasher.hashOf(record)]);
    }),
    runs(3000),
  );
});

test('a record of empty objects, whose array is longer than itself, has the documented hash', () => {
  const record = JSON.stringify({
    creationDate: 1,
    author: {},
    affectedObject: {},
    changedValues: Array.from({length: 5000}, () => ({})),
    associatedObjects: [],
  });
  const {hashes} = parse(`{"results":[${record}]}`);
  expect(hashes).toEqual([new RecordHasher(CLOUD_ID).hashOf(record)]);
});

test('a page that is cut off anywhere is never taken for a page', () => {
  fc.assert(
    fc.property(page, fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), (whole, at) => {
      const bytes = Buffer.from(whole.text);
      const cut = bytes.subarray(0, Math.floor(at * bytes.length));
      assert.throws(() => parse(cut), JsonCutOff);
    }),
    runs(1500),
  );
});

/** What a broken line or a broken server does to bytes. */
const damage = fc.array(
  fc.record({
    at: fc.nat(),
    remove: fc.integer({min: 0, max: 2}),
    insert: fc.oneof(
      fc.constantFrom('', '"', '\\', ',', '{', '}', '[', ']', ':', '0', '-', '.', 'e', ' ', '\n'),
      fc.string({maxLength: 2, unit: 'binary'}),
    ),
  }),
  {minLength: 1, maxLength: 3},
);

function damaged(
  text: string,
  places: readonly {at: number; remove: number; insert: string}[],
): string {
  return places.reduce((broken, {at, remove, insert}) => {
    const place = at % (broken.length + 1);
    return broken.slice(0, place) + insert + broken.slice(place + remove);
  }, text);
}

/** What JSON.parse makes of a text; undefined if it is no JSON. */
function parseOrNot(text: string): {value: unknown} | undefined {
  try {
    return {value: JSON.parse(text)};
  } catch {
    return undefined;
  }
}

test('JsonCursor accepts what JSON.parse accepts', () => {
  fc.assert(
    fc.property(jsonText, fc.option(damage), (text, harm) => {
      const bytes = Buffer.from(harm ? damaged(text, harm) : text);
      const cursor = new JsonCursor(bytes);
      let isAccepted = true;
      try {
        cursor.skipValue();
        isAccepted = bytes.toString('utf8', cursor.at).replace(/^[ \t\r\n]*$/, '') === '';
      } catch (error) {
        assert(error instanceof JsonCutOff || error instanceof JsonFault);
        isAccepted = false;
      }
      assert.equal(isAccepted, parseOrNot(bytes.toString('utf8')) !== undefined);
    }),
    runs(5000),
  );
});

test('a damaged page is refused, or read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(page, damage, ({text}, harm) => {
      const broken = Buffer.from(damaged(text, harm));
      const parsed = parseOrNot(broken.toString('utf8'));
      let read: AuditPage;
      try {
        read = parse(broken);
      } catch (error) {
        assert(
          error instanceof JsonCutOff ||
            error instanceof JsonFault ||
            error instanceof NotAnAuditLog,
        );
        assert(!(error instanceof JsonFault) || !parsed, 'it is JSON');
        return;
      }
      const {results} = parsed!.value as {results: Parsed[]};
      assert.deepEqual(
        [...read.times],
        results.map(({creationDate}) => creationDate),
      );
    }),
    runs(2000),
  );
});

test('a text without end in depth is refused and does not break the stack', () => {
  const deep = Buffer.from('['.repeat(100_000));
  expect(() => new JsonCursor(deep).skipValue()).toThrow(JsonFault);
});
