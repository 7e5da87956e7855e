import type {ContestantName} from './contestants';
import {serviceText, whole} from './figure-text';
import type {Case, Results} from './results';
import {bar, FAINT, INK, picture, text} from './svg';

const WIDTH = 860;
const MARGIN = 24;
const LABELS_TO = 216;
const BARS_TO = WIDTH - 118;
const BAR = 14;
const ROW = 20;
const COLOURS: Record<ContestantName, string> = {
  connector: '#0969da',
  'bare client': '#57606a',
  'bare bytes': '#afb8c1',
  'airbyte-cdk, 1000 a page': '#bc4c00',
  'airbyte-cdk, 25 a page': '#e8894a',
};

/**
 * Records a second by who reads, one panel for each delay, each with a scale of its own. The bare
 * bytes, ten times as fast as anyone who looks at them, are a note: beside their bar no other shows.
 */
export function drawSpeed({cases: measured}: Pick<Results, 'cases'>): string {
  const cases = measured.map(withoutBareBytes);
  const content: string[] = [];
  let y = 40;
  const put = (down: number, draw: (y: number) => string[]): void => {
    content.push(...draw(y));
    y += down;
  };
  put(8, (at) => [text(MARGIN, at, 'Records a second', {size: 18, weight: 600})]);
  for (const service of new Set(cases.map(serviceText))) {
    const panel = cases.filter((each) => serviceText(each) === service);
    const title = `${service.charAt(0).toUpperCase()}${service.slice(1)}`;
    put(18, () => []);
    put(10, (at) => [text(MARGIN, at + 8, title, {size: 14, weight: 600})]);
    const scale = (BARS_TO - LABELS_TO) / fastest(panel);
    for (const each of panel) {
      put(groupHeight(each), (at) => drawGroup(each, at, scale));
    }
  }
  put(24, () => []);
  for (const note of notes(measured)) {
    put(16, (at) => [text(MARGIN, at, note, {size: 11, fill: FAINT})]);
  }
  return picture(WIDTH, y, 'Records a second by who reads the log', content);
}

function withoutBareBytes(each: Case): Case {
  return {...each, contestants: each.contestants.filter(({name}) => name !== 'bare bytes')};
}

function notes(cases: readonly Case[]): string[] {
  const bareBytes = cases.flatMap((each) =>
    each.contestants.flatMap(({name, recordsPerSecond}) =>
      name === 'bare bytes' && each.delayMs === 0 ? [recordsPerSecond] : [],
    ),
  );
  return [
    'Each panel has its own scale. Bare client: fetches the same pages one by one, parses them and throws them away.',
    `Not drawn: the same pages fetched and not looked at, up to ${whole(Math.max(0, ...bareBytes))} records a second with no delay.`,
  ];
}

function groupHeight({contestants}: Case): number {
  return 30 + contestants.length * ROW;
}

function drawGroup({records, contestants}: Case, top: number, scale: number): string[] {
  const head = text(MARGIN, top + 24, `${whole(records)} records`, {size: 12, fill: FAINT});
  return [
    head,
    ...contestants.flatMap((each, row) => {
      const y = top + 32 + row * ROW;
      const length = each.recordsPerSecond * scale;
      const weight = each.name === 'connector' ? 600 : 400;
      return [
        text(LABELS_TO - 10, y + 11, each.name, {anchor: 'end', weight}),
        bar(LABELS_TO, y, length, BAR, COLOURS[each.name]),
        text(LABELS_TO + length + 7, y + 11, whole(each.recordsPerSecond), {fill: INK, weight}),
      ];
    }),
  ];
}

function fastest(cases: readonly Case[]): number {
  return Math.max(
    ...cases.flatMap(({contestants}) => contestants.map((each) => each.recordsPerSecond)),
  );
}
