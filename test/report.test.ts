import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {renderHtml} from '../demo/report/html';
import type {Summary} from '../demo/report/summarise';
import {summarise} from '../demo/report/summarise';
import {chooseBucket, HourCounts, startOf} from '../demo/report/time-line';
import {
  log,
  record,
  SPACE_PERMISSION,
  state,
  status,
  traceError,
  writeMessages,
} from './support/report-messages';

const HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror=alert(1)>\u2028"\'&';
const HOUR_MS = 3_600_000;
const MONDAY_9 = Date.UTC(2026, 5, 1, 9);

let folder: string;
let file: string;
let summary: Summary;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  file = join(folder, 'messages.jsonl');
  writeMessages(file, [
    '\uFEFF' + status('STARTED'),
    record({creationDate: MONDAY_9, who: ['a-1', 'Old Name'], remoteAddress: '203.0.113.1'}),
    record({creationDate: MONDAY_9 + 1, who: ['a-1', HOSTILE], remoteAddress: '203.0.113.1'}),
    'garbage',
    '{"type":"RECORD","record":',
    '',
    '[1, 2]',
    log('WARN', 'slow'),
    log('WARN', 'slow'),
    log('INFO', 'fine'),
    record({
      creationDate: MONDAY_9 + HOUR_MS,
      who: ['a-2', 'Same Name'],
      ...SPACE_PERMISSION,
    }),
    record({creationDate: MONDAY_9 + 2 * HOUR_MS, who: ['a-3', 'Same Name'], category: HOSTILE}),
    record({creationDate: MONDAY_9 + 26 * HOUR_MS, who: ['', 'System'], ...SPACE_PERMISSION}),
    record({creationDate: 'yesterday'}),
    JSON.stringify({type: 'RECORD', record: {stream: 'pages', data: {creationDate: 1}}}),
    state(MONDAY_9 + HOUR_MS),
    state(MONDAY_9 + 26 * HOUR_MS),
    traceError('transient_error', 'Confluence did not answer'),
    status('INCOMPLETE'),
  ]);
  summary = await summarise(file);
});

afterAll(() => rmSync(folder, {recursive: true}));

describe('summarise', () => {
  test('counts records, skips and counts what is none', () => {
    expect(summary).toMatchObject({
      file: 'messages.jsonl',
      records: 5,
      first: MONDAY_9,
      last: MONDAY_9 + 26 * HOUR_MS,
      cloudIds: ['c-1'],
      lines: 18,
      skipped: {garbage: 3, foreign: 1, untimed: 1},
    });
  });

  test('tells people apart by account id, shows the latest name, and keeps System apart', () => {
    expect(summary.people).toEqual({
      top: [
        {key: 'a-1', label: HOSTILE, count: 2},
        {key: 'a-2', label: 'Same Name', count: 1},
        {key: 'a-3', label: 'Same Name', count: 1},
      ],
      distinct: 3,
      isExact: true,
    });
    expect(summary.machines.top).toEqual([{key: 'name:System', label: 'System', count: 1}]);
  });

  test('leaves records without an address out of the addresses', () => {
    expect(summary.addresses.top).toEqual([{key: '203.0.113.1', label: '203.0.113.1', count: 2}]);
  });

  test('places events in time, in UTC', () => {
    expect(summary.timeLine.bucket).toBe('hour');
    expect(summary.timeLine.starts).toHaveLength(27);
    expect(summary.timeLine.totals.slice(0, 4)).toEqual([2, 1, 1, 0]);
    expect(summary.week[0]?.slice(8, 12)).toEqual([0, 2, 1, 1]);
    expect(summary.week[1]?.[11]).toBe(1);
    expect(summary.week.flat().reduce((sum, count) => sum + count, 0)).toBe(5);
  });

  test('lists all events of a small file, newest first', () => {
    const {events, ...list} = summary.list;
    expect(list).toEqual({total: 5, permissionChanges: 2, isWhole: true});
    expect(events.map(({actor}) => actor.name)).toEqual([
      'System',
      'Same Name',
      'Same Name',
      HOSTILE,
      'Old Name',
    ]);
    expect(events[2]).toEqual({
      at: MONDAY_9 + HOUR_MS,
      actor: {key: 'a-2', name: 'Same Name', isPerson: true},
      category: 'Permissions',
      summary: 'Space permission added',
      users: [],
      groups: ['designers'],
      places: ['Handbook (Space)'],
      changes: [
        {name: 'Type', from: '', to: 'EDITSPACE'},
        {name: 'Space', from: '', to: 'HB'},
      ],
      address: '',
      cloudId: 'c-1',
      answers: 0,
    });
  });

  test('tells how the sync went', () => {
    expect(summary.sync).toEqual({
      status: 'INCOMPLETE',
      states: 2,
      cursor: MONDAY_9 + 26 * HOUR_MS,
      warnings: 2,
      errors: 1,
      notices: [
        {level: 'warning', text: 'slow', times: 2},
        {level: 'error', text: 'transient_error: Confluence did not answer', times: 1},
      ],
    });
  });
});

describe('time line', () => {
  test.each([
    [4, 'hour'],
    [5, 'day'],
    [121, 'week'],
    [20_000, 'year'],
  ])('%d days are shown per %s', (days, bucket) => {
    expect(chooseBucket(days * 24 * HOUR_MS)).toBe(bucket);
  });

  test('weeks begin on Monday', () => {
    const sunday = Date.UTC(2026, 5, 7, 23, 59);
    expect(startOf('week', sunday)).toBe(Date.UTC(2026, 5, 1));
    expect(startOf('week', sunday + 60_000)).toBe(Date.UTC(2026, 5, 8));
  });

  test('no event is lost among more categories than it can hold', () => {
    const counts = new HourCounts();
    for (let index = 0; index < 200; index += 1) {
      counts.add(MONDAY_9, `category ${index}`);
    }
    const {totals, series} = counts.timeLine(MONDAY_9, MONDAY_9, ['category 0']);
    expect(totals).toEqual([200]);
    expect(series.map(({category, counts: [count]}) => [category, count])).toEqual([
      ['category 0', 1],
      ['Other', 199],
    ]);
  });
});

describe('renderHtml', () => {
  // the page is large: what is found is compared, so that a failure does not print all of it
  test('loads nothing from elsewhere', () => {
    const page = renderHtml(summary);
    expect(page.match(/(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?\/\//gi)).toBeNull();
    expect(page.match(/\burl\(|@import|\bimport\(|sourceMappingURL/gi)).toBeNull();
    expect(page.includes('content="default-src &#39;none&#39;;')).toBe(true);
  });

  test('text from the log stays text', () => {
    const page = renderHtml(summary);
    expect(page.match(/<\/?script/g)).toEqual(['<script', '</script', '<script', '</script']);
    expect(page.match(/<img/g)).toBeNull();
    const data = /id="event-data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    expect(data).not.toContain('\u2028');
    expect((JSON.parse(data) as {texts: string[]}).texts).toContain(HOSTILE);
  });

  test('is the same each time', () => {
    expect(renderHtml(summary) === renderHtml(summary)).toBe(true);
  });

  test.each([
    [19, false],
    [20, true],
  ])('%d events: charts %p', async (count, hasCharts) => {
    const few = join(folder, 'few.jsonl');
    const records = Array.from({length: count}, (_, index) =>
      record({creationDate: MONDAY_9 + index}),
    );
    writeMessages(few, records);
    const page = renderHtml(await summarise(few));
    expect(page.includes('class="time-line"')).toBe(hasCharts);
    expect(page.includes(hasCharts ? 'Find an event' : 'All events of the file')).toBe(true);
  });

  test('what needs eyes stands first, then how much happened, then the events', async () => {
    const many = join(folder, 'sections.jsonl');
    writeMessages(
      many,
      Array.from({length: 20}, (_, index) => record({creationDate: MONDAY_9 + index})),
    );
    const headings = renderHtml(await summarise(many)).matchAll(/<h2 id="(h-[a-z]+)"/g);
    expect([...headings].map(([, id]) => id).slice(0, 3)).toEqual([
      'h-eyes',
      'h-volume',
      'h-events',
    ]);
  });

  test('System squeezes nobody, and what is rare is shown', async () => {
    const many = join(folder, 'many.jsonl');
    const records = Array.from({length: 1_000}, (_, index) =>
      record({
        creationDate: MONDAY_9 + index,
        who: index % 20 === 0 ? [`p-${index % 60}`, `Person ${index % 60}`] : ['', 'System'],
        summary: index < 40 ? `Rarity ${index}` : 'User added to group',
      }),
    );
    writeMessages(many, records);
    const page = renderHtml(await summarise(many));
    const [people = ''] = /id="people".*?<\/table>/s.exec(page) ?? [];
    // 17, 17 and 16 of 1,000 events: bars as long as people's own numbers make them
    expect(people.match(/width="[\d.]+%"/g)).toEqual([
      'width="100%"',
      'width="100%"',
      'width="94.118%"',
    ]);
    expect(page).toMatch(/Without an account:.*System<\/bdi> 950 events/s);
    const [summaries = ''] = /id="summaries".*?<\/table>/s.exec(page) ?? [];
    expect(summaries.match(/Rarity \d+/g)).toHaveLength(40);
  });

  test('a file without events gives a page that says so', async () => {
    const nothing = join(folder, 'nothing.jsonl');
    writeMessages(nothing, [status('STARTED'), state(MONDAY_9), status('COMPLETE')]);
    const page = renderHtml(await summarise(nothing));
    expect(page.includes('There is no audit record in this file')).toBe(true);
    expect(page.includes('The sync ended well and found nothing')).toBe(true);
    expect(page.match(/class="time-line"|id="event-data"|NaN|Infinity|undefined/g)).toBeNull();
  });
});
