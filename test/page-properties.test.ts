import assert from 'node:assert/strict';
import {hash} from 'node:crypto';

import {expect, jest, test} from '@jest/globals';
import fc from 'fast-check';

import {type AuditPage, NotAnAuditLog, PageReader} from '../src/confluence/page';
import {Outline} from '../src/json/outline';
import {JsonFault} from '../src/json/tokens';
import {RecordLines} from '../src/stream/record-lines';
import type {Message} from './support/connector';
import {jsonText, pageText, recordText} from './support/json-text';
import {sentText, withoutBlanks} from './support/sent-text';
import {runs, SOAK_TIMEOUT_MS} from './support/soak';

jest.setTimeout(SOAK_TIMEOUT_MS);

const CLOUD_ID = '5e1f3a52-9a4c-4c0e-8f53-6a0c1b8d2f10';

const page = fc
  .array(recordText, {maxLength: 5})
  .chain((records) => fc.record({records: fc.constant(records), text: pageText(records)}));

function parse(text: string | Buffer): AuditPage {
  return new PageReader(CLOUD_ID, () => undefined).read(Buffer.from(text));
}

/** The lines of the RECORD messages for all of a page. */
function emitAll({records}: AuditPage): string[] {
  const lines = new RecordLines(CLOUD_ID, 7);
  records.forEach((record, n) => lines.add(record, n + 1));
  const texts = lines.bytes.toString('utf8').split('\n');
  expect(texts.pop()).toBe('');
  return texts;
}

interface Parsed {
  readonly creationDate: number;
  readonly [field: string]: unknown;
}

const ESCAPE =
  /\\(u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|u0000|[^])/g;

/** A JSON text as a destination can hold it: without lone surrogates and U+0000. */
function mendedText(json: string): string {
  return json.replaceAll(ESCAPE, (escape: string) =>
    /^\\u(0000|[dD]...$)/.test(escape) ? String.raw`\ufffd` : escape,
  );
}

function mended(json: string): Parsed {
  return JSON.parse(mendedText(json)) as Parsed;
}

/** Whether a record has, on its first level, a field by the name of one of ours. */
function hasOurs(record: Parsed): boolean {
  return ['id', 'cloudId', 'createdAt'].some((name) => name in record);
}

test('any page: a RECORD is the record as it was sent, and three fields', () => {
  fc.assert(
    fc.property(page, ({records, text}) => {
      const sent = records.map((record) => mended(record));
      const parsed = parse(text);
      const lines = emitAll(parsed);
      assert.equal(lines.length, sent.length);
      lines.forEach((line, n) => {
        const {data} = (JSON.parse(line) as Required<Message>).record;
        const createdAt = new Date(sent[n]!.creationDate).toISOString();
        const {hash: content} = parsed.records[n]!;
        const id = n === 0 ? `v1:${content}` : `v1:${content}:${n + 1}`;
        assert.deepEqual(data, {...sent[n], id, cloudId: CLOUD_ID, createdAt});
        if (!hasOurs(sent[n]!)) {
          assert.equal(withoutBlanks(sentText(line)), withoutBlanks(mendedText(records[n]!)));
        }
      });
    }),
    runs(1000),
  );
});

/** The array of the README, from a record's values. */
function stableArray(record: Parsed): unknown[] {
  const object = (value: unknown, names: readonly string[]): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? names.map((name) => (value as Parsed)[name] ?? null)
      : (value ?? null);
  const list = (value: unknown, names: readonly string[]): unknown =>
    Array.isArray(value) ? value.map((each) => object(each, names)) : (value ?? null);
  const account = (record['author'] as Parsed | null | undefined)?.['accountId'];
  const changed = ['name', 'oldValue', 'newValue', 'hiddenOldValue', 'hiddenNewValue'];
  return [
    CLOUD_ID,
    record.creationDate,
    ...['category', 'summary', 'description', 'remoteAddress', 'sysAdmin', 'superAdmin'].map(
      (name) => record[name] ?? null,
    ),
    typeof account === 'string' && account !== ''
      ? account
      : object(record['author'], ['type', 'displayName']),
    object(record['affectedObject'], ['name', 'objectType']),
    list(record['changedValues'], changed),
    list(record['associatedObjects'], ['name', 'objectType']),
  ];
}

function documentedHash(record: string): string {
  const array = stableArray(mended(record));
  return hash('sha256', JSON.stringify(array), 'hex').slice(0, 32);
}

test('any record, however it is spelled: the hash is the one of the documented array', () => {
  fc.assert(
    fc.property(recordText, (record) => {
      const {records} = parse(`{"results":[${record}]}`);
      assert.deepEqual(
        records.map((each) => each.hash),
        [documentedHash(record)],
      );
    }),
    runs(2000),
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
  const {records} = parse(`{"results":[${record}]}`);
  expect(records.map((each) => each.hash)).toEqual([documentedHash(record)]);
});

test('a page that is cut off anywhere is never taken for a page', () => {
  fc.assert(
    fc.property(page, fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), (whole, at) => {
      const bytes = Buffer.from(whole.text);
      const cut = bytes.subarray(0, Math.floor(at * bytes.length));
      assert.throws(
        () => parse(cut),
        (error) => error instanceof JsonFault && error.at === cut.length,
      );
    }),
    runs(1000),
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

/** What JSON.parse makes of a text; undefined if it is not JSON. */
function parseOrNot(text: string): {value: unknown} | undefined {
  try {
    return {value: JSON.parse(text)};
  } catch {
    return undefined;
  }
}

test('what JSON.parse accepts is accepted, and nothing else', () => {
  fc.assert(
    fc.property(jsonText, fc.option(damage), (text, harm) => {
      const bytes = Buffer.from(harm ? damaged(text, harm) : text);
      const isJson = parseOrNot(bytes.toString('utf8')) !== undefined;
      let isAccepted = true;
      try {
        new Outline().read(bytes);
      } catch (error) {
        assert(error instanceof JsonFault);
        isAccepted = false;
      }
      assert.equal(isAccepted, isJson);
    }),
    runs(3000),
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
        assert(error instanceof JsonFault || error instanceof NotAnAuditLog);
        assert(!(error instanceof JsonFault) || !parsed, 'it is JSON');
        return;
      }
      const {results} = parsed!.value as {results: Parsed[]};
      assert.deepEqual(
        read.records.map(({timeMs}) => timeMs),
        results.map(({creationDate}) => creationDate),
      );
    }),
    runs(1000),
  );
});

test('a text without end in depth is refused and does not break the stack', () => {
  const deep = Buffer.from('['.repeat(100_000));
  expect(() => new Outline().read(deep)).toThrow(JsonFault);
});
