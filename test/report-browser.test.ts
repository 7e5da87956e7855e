import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {renderHtml} from '../demo/report/html';
import {summarise} from '../demo/report/summarise';
import {Chromium, findChromium} from './support/report-chromium';
import {readPng} from './support/report-pixels';
import {record, SPACE_PERMISSION, state, status, writeMessages} from './support/report-messages';

const RECORDS = 50_000;
const MAX_MS = 3_000;
const HOSTILE =
  '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 2">';
const EXPORT = 'Space exported';
/** So many rows the page shows until it is asked for more. */
const LISTED_AT_ONCE = 100;
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
    writeMessages(messages, [
      status('STARTED'),
      ...OPTIONS.map(record),
      state(0),
      status('COMPLETE'),
    ]);
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

  testInBrowser('searches all events of the file, and says how many match', async () => {
    const browser = running(chromium);
    await browser.open(url, DRAWN);
    const matching = OPTIONS.filter(({who, changes}) => changes && who[1] === 'Person p9q').length;
    const listed = OPTIONS.filter(({changes, summary}) => changes || summary === EXPORT).length;
    expect(matching).toBeGreaterThan(LISTED_AT_ONCE); // else it would not show that all are searched
    expect(await search(browser, 'P9Q editspace')).toEqual({
      rows: LISTED_AT_ONCE,
      matches: `${matching} of ${listed.toLocaleString('en-US')} events`,
      more: `Show more: ${matching - LISTED_AT_ONCE} are left`,
    });
    const text = await browser.evaluate<string>("document.getElementById('rows').textContent");
    expect(text.match(/Person p9q/g)).toHaveLength(LISTED_AT_ONCE);
  });

  testInBrowser('says so when nothing matches', async () => {
    const browser = running(chromium);
    await browser.open(url, DRAWN);
    const {matches, rows, more} = await search(browser, 'nobody-of-this-name');
    expect(matches).toMatch(/^0 of [\d,]+ events$/);
    expect({rows, more}).toEqual({rows: 1, more: ''});
    expect(await browser.evaluate("document.getElementById('rows').textContent")).toBe(
      'No event of this file matches. Take a word away, or show all.',
    );
  });

  testInBrowser('leads from a finding to its events', async () => {
    const browser = running(chromium);
    await browser.open(url, DRAWN);
    const exports = OPTIONS.filter(({summary}) => summary === EXPORT).length;
    await browser.evaluate("document.querySelector('#q-exports a').click()");
    expect(await browser.evaluate("document.getElementById('matches').textContent")).toMatch(
      new RegExp(`^${exports} of [\\d,]+ events$`),
    );
  });

  testInBrowser.each([
    [400, 'light'],
    [800, 'light'],
    [1280, 'light'],
    [400, 'dark'],
    [800, 'dark'],
    [1280, 'dark'],
  ])('bars have their colours as soon as they are painted: %d px, %s', async (width, scheme) => {
    const browser = running(chromium);
    await show(browser, width, scheme);
    await browser.open(url, DRAWN);
    const {keys, bars} = await paintedColours(browser);
    const colours = [...keys.values()];
    expect([...keys.keys()]).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 'rest']);
    expect(new Set(colours.map(String)).size).toBe(colours.length);
    expect(colours.slice(0, -1).filter(isGrey)).toEqual([]);
    expect(new Set(bars.map(({key}) => key))).toEqual(new Set([...keys.keys(), 'accent']));
    expect(bars.filter(({key, colour}) => keys.has(key) && !isSame(colour, keys.get(key)))).toEqual(
      [],
    );
    expect(bars.filter(({key, colour}) => key === 'accent' && isGrey(colour))).toEqual([]);
  });

  testInBrowser.each(['light', 'dark'])('fits a phone, %s: an event is a card', async (scheme) => {
    const browser = running(chromium);
    await show(browser, 390, scheme);
    await browser.open(url, DRAWN);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await browser.evaluate(WIDER_THAN_THE_PAGE)).toEqual([]);
    expect(await browser.evaluate(FIRST_CARD)).toEqual({
      names: ['"Time"', '"Who"', '"What"', '"Whom"', '"Where"'],
      isStacked: true,
    });
    expect(complaints(browser)).toEqual([]);
  });

  testInBrowser.each([
    ['.time-line', /^week of \d+ \w+ 20\d\d: [\d,]+ events?, /],
    ['.heat', /^\w+day \d\d:00 to \d\d:00: [\d,]+ events$/],
  ])('%s is read with the arrow keys', async (drawing, says) => {
    const browser = running(chromium);
    await show(browser, 1280, 'light');
    await browser.open(url, DRAWN);
    await browser.evaluate(`document.querySelector('${drawing} [tabindex="0"]').focus()`);
    const heard = [await focused(browser)];
    for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'End']) {
      await browser.send('Input.dispatchKeyEvent', {type: 'keyDown', key});
      heard.push(await focused(browser));
    }
    expect(heard.filter(({label, written}) => label !== written || !says.test(label))).toEqual([]);
    const [, home, second, third, back, end] = heard.map(({label}) => label);
    expect(new Set([home, second, third, end]).size).toBe(4);
    expect(back).toBe(second);
    const stops = `document.querySelectorAll('${drawing} [tabindex="0"]').length`;
    expect(await browser.evaluate(stops)).toBe(1);
  });

  testInBrowser('everything drawn, and every control, has a name', async () => {
    const browser = running(chromium);
    await browser.open(url, DRAWN);
    const {nodes} = await browser.send<{nodes: AccessibleNode[]}>('Accessibility.getFullAXTree');
    const roles = ['image', 'table', 'region', 'combobox', 'searchbox', 'button', 'link'];
    const named = nodes.filter(({role, ignored}) => !ignored && roles.includes(role?.value ?? ''));
    const nameOf = ({name}: AccessibleNode): string => name?.value ?? '';
    expect(named.filter((node) => nameOf(node) === '').map(({role}) => role?.value)).toEqual([]);
    expect(nodes.filter(({role}) => role?.value === 'group').map(nameOf)).toContain(
      'Events over time',
    );
    expect(named.map(nameOf)).toEqual(
      expect.arrayContaining(['Hours of the week', 'What happened', 'Most active people']),
    );
  });
});

interface AccessibleNode {
  ignored: boolean;
  role?: {value: string};
  name?: {value: string};
}

type Colour = [number, number, number];

async function show(browser: Chromium, width: number, value: string): Promise<void> {
  await browser.send('Emulation.setEmulatedMedia', {
    features: [{name: 'prefers-color-scheme', value}],
  });
  const screen = {width, height: 800, deviceScaleFactor: 1, mobile: width < 500};
  await browser.send('Emulation.setDeviceMetricsOverride', screen);
}

/** Types words into the list's field; gives the rows left, and what the page says of them. */
async function search(browser: Chromium, words: string) {
  return browser.evaluate<{rows: number; matches: string; more: string}>(`(() => {
    const byId = (id) => document.getElementById(id);
    byId('words').value = ${JSON.stringify(words)};
    byId('words').dispatchEvent(new Event('input'));
    const more = byId('more').hidden ? '' : byId('more').textContent;
    return {rows: byId('rows').rows.length, matches: byId('matches').textContent, more};
  })()`);
}

/** The label of the piece that has the focus, and what the page writes below the drawing. */
async function focused(browser: Chromium) {
  return browser.evaluate<{label: string; written: string}>(`(() => {
    const piece = document.activeElement;
    const {readout} = piece.closest('[data-readout]').dataset;
    return {
      label: piece.getAttribute('aria-label'),
      written: document.getElementById(readout).textContent,
    };
  })()`);
}

/** What the screen shows in the middle of each key of the legend, and of each bar that is large enough. */
async function paintedColours(browser: Chromium) {
  const {clip, keys, bars} = await browser.evaluate<{
    clip: {x: number; y: number; width: number; height: number};
    keys: [string, number, number][];
    bars: [string, number, number][];
  }>(MIDDLES);
  const {data} = await browser.send<{data: string}>('Page.captureScreenshot', {
    clip: {...clip, scale: 1},
    captureBeyondViewport: true,
    optimizeForSpeed: true,
  });
  const picture = readPng(Buffer.from(data, 'base64'));
  return {
    keys: new Map(keys.map(([key, x, y]) => [key, picture.at(x, y)])),
    bars: bars.map(([key, x, y]) => ({key, colour: picture.at(x, y)})),
  };
}

const MIDDLES = `(() => {
  const area = document.querySelector('.volume').getBoundingClientRect();
  const middles = (selector) => [...document.querySelectorAll(selector)]
    .map((piece) => [piece, piece.getBoundingClientRect()])
    .filter(([, {width, height}]) => width > 3 && height > 3)
    .map(([piece, {x, y, width, height}]) => [
      (piece.getAttribute('class') ?? piece.parentElement.getAttribute('class')).split(' ').at(-1),
      x + width / 2 - area.x,
      y + height / 2 - area.y,
    ]);
  return {
    clip: {x: area.x + scrollX, y: area.y + scrollY, width: area.width, height: area.height},
    keys: middles('.legend rect'),
    bars: middles('.time-line rect:not(.reach, .foot), .bars rect:last-child'),
  };
})()`;

/** What is wider than a phone and has nothing around it that scrolls. */
const WIDER_THAN_THE_PAGE = `[...document.querySelectorAll('main *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .filter((element) => !element.closest('.hidden, .under'))
  .map((element) => element.tagName + '.' + element.className)`;

const FIRST_CARD = `(() => {
  const cells = [...document.getElementById('rows').rows[0].cells].filter((cell) => cell.offsetHeight);
  const tops = cells.map((cell) => cell.getBoundingClientRect().top);
  return {
    names: cells.map((cell) => getComputedStyle(cell, '::before').content),
    isStacked: tops.every((top, index) => index === 0 || top > tops[index - 1]),
  };
})()`;

function isGrey([red, green, blue]: Colour): boolean {
  return Math.max(red, green, blue) - Math.min(red, green, blue) < 40;
}

/** A blend of two pixels at an edge, or a rounding, is off by a little. */
function isSame(one: Colour, other: Colour | undefined): boolean {
  return one.every((value, index) => Math.abs(value - (other?.[index] ?? -99)) <= 2);
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
const OPTIONS = Array.from({length: RECORDS}, (_, index) => {
  const person = index % 7 === 0 ? 0 : index % 300;
  return {
    creationDate: Date.UTC(2025, 10, 24) + index * Math.floor((364 * 86_400_000) / RECORDS),
    who: [`account-${person}`, person === 0 ? HOSTILE : `Person p${person}q`] as [string, string],
    remoteAddress: index % 3 === 0 ? '' : `198.51.100.${index % 250}`,
    category: `Category ${index % 12}`,
    summary: index % 1000 === 1 ? EXPORT : 'Page archived',
    ...(index % 3 === 0 && SPACE_PERMISSION),
  };
});
