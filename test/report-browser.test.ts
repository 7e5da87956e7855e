import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {renderHtml} from '../demo/report/html';
import {summarise} from '../demo/report/summarise';
import {Chromium, findChromium} from './support/report-chromium';
import {record, state, status, writeMessages} from './support/report-messages';

const RECORDS = 50_000;
const MAX_MS = 3_000;
const HOSTILE =
  '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 2">';
const CHARTS = ['timeLine', 'categories', 'summaries', 'actors', 'addresses'];
const DRAWN =
  "document.readyState === 'complete' && 'drawnAfterMs' in document.documentElement.dataset";

const executable = findChromium();
if (executable === undefined) {
  console.warn(
    'SKIPPED: the report is not tested in a browser, as there is none. ' +
      'Install Chromium at /usr/bin/chromium, or name one in the variable CHROMIUM.',
  );
}
const testInBrowser = executable === undefined ? test.skip : test;

describe(`the report of ${RECORDS} records in Chromium`, () => {
  let chromium: Chromium | undefined;
  let folder: string | undefined;
  let url = '';

  beforeAll(async () => {
    if (executable === undefined) {
      return;
    }
    folder = mkdtempSync(join(tmpdir(), 'report-browser-'));
    const messages = join(folder, 'messages.jsonl');
    writeMessages(messages, [status('STARTED'), ...records(), state(0), status('COMPLETE')]);
    const page = join(folder, 'report.html');
    writeFileSync(page, renderHtml(await summarise(messages)));
    url = pathToFileURL(page).href;
    chromium = await Chromium.start(executable);
  }, 60_000);

  afterAll(async () => {
    await chromium?.stop();
    if (folder !== undefined) {
      rmSync(folder, {recursive: true});
    }
  });

  testInBrowser(
    `is drawn within ${MAX_MS} ms, without an error or a request`,
    async () => {
      const browser = running(chromium);
      const tookMs = await browser.open(url, DRAWN);
      console.info(`${RECORDS} records: drawn ${Math.round(tookMs)} ms after the navigation began`);
      expect(tookMs).toBeLessThan(MAX_MS);
      expect(await browser.evaluate(countColours(CHARTS))).toEqual(CHARTS.map(() => true));
      expect(await browser.evaluate('document.documentElement.dataset.errors')).toBe('0');
      expect(complaints(browser)).toEqual([]);
      expect(requests(browser)).toEqual([url]);
    },
    30_000,
  );

  testInBrowser('keeps hostile names inert', async () => {
    const browser = running(chromium);
    await browser.open(url, DRAWN);
    expect(await browser.evaluate('String(window.hacked)')).toBe('undefined');
    expect(await browser.evaluate("document.querySelectorAll('img').length")).toBe(0);
    expect(await browser.evaluate('document.body.textContent.includes("<img src=x")')).toBe(true);
  });

  testInBrowser('filters the permission changes', async () => {
    const browser = running(chromium);
    await browser.open(url, DRAWN);
    const [shown, text] = await browser.evaluate<[number, string]>(FILTER);
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(200);
    expect(text).toBe(`${shown} of 200`);
  });

  testInBrowser.each(['light', 'dark'])('fits a phone, %s', async (value) => {
    const browser = running(chromium);
    await browser.send('Emulation.setEmulatedMedia', {
      features: [{name: 'prefers-color-scheme', value}],
    });
    const phone = {width: 390, height: 800, deviceScaleFactor: 2, mobile: true};
    await browser.send('Emulation.setDeviceMetricsOverride', phone);
    await browser.open(url, DRAWN);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await browser.evaluate(countColours(CHARTS))).toEqual(CHARTS.map(() => true));
    expect(complaints(browser)).toEqual([]);
  });
});

/** Types a name into the filter; gives the number of rows left and what the page says of it. */
const FILTER = `(() => {
  const field = document.getElementById('filter');
  field.value = 'person 7 EDITSPACE';
  field.dispatchEvent(new Event('input'));
  const rows = [...document.getElementById('changes').rows].filter((row) => row.offsetHeight > 0);
  return [rows.length, document.getElementById('matches').textContent];
})()`;

/** An expression: whether each canvas has pixels, and in more than one colour. */
function countColours(ids: readonly string[]): string {
  return `${JSON.stringify(ids)}.map((id) => {
    const canvas = document.getElementById(id);
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size > 2;
  })`;
}

function running(chromium: Chromium | undefined): Chromium {
  if (!chromium) {
    throw new Error('Chromium did not start');
  }
  return chromium;
}

/** What the console, the log and the page's own scripts complained about. */
function complaints({events}: Chromium): unknown[] {
  const kinds = ['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'];
  return events.filter(({method}) => kinds.includes(method)).map(({params}) => params);
}

function requests({events}: Chromium): string[] {
  return events
    .filter(({method}) => method === 'Network.requestWillBeSent')
    .map(({params}) => (params['request'] as {url: string}).url);
}

/** A year of records of 300 people, one of whom has a hostile name. */
function records(): string[] {
  const from = Date.UTC(2025, 10, 24);
  const stepMs = Math.floor((364 * 86_400_000) / RECORDS);
  return Array.from({length: RECORDS}, (_, index) => {
    const person = index % 7 === 0 ? 0 : index % 300;
    return record({
      creationDate: from + index * stepMs,
      who: [`account-${person}`, person === 0 ? HOSTILE : `Person ${person}`],
      category: index % 5 === 0 ? 'Permissions' : `Category ${index % 12}`,
      remoteAddress: `198.51.100.${index % 250}`,
    });
  });
}
