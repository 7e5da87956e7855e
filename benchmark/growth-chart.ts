import {fewestRequests} from './checks';
import {short} from './figure-text';
import type {Growth, Results} from './results';
import {dot, FAINT, GRID, line, picture, text} from './svg';

const WIDTH = 860;
const HEIGHT = 380;
const TOP = 92;
const BOTTOM = HEIGHT - 64;
const COLOURS: Record<Growth['shape'], string> = {
  even: '#0969da',
  office: '#57606a',
  bursty: '#bc4c00',
  burst: '#8250df',
  sparse: '#1a7f37',
};

const NOT_MEASURED = 'How cost grows: not measured';

interface Point {
  readonly records: number;
  readonly value: number;
}

interface Panel {
  readonly title: string;
  readonly left: number;
  readonly right: number;
  /** Both axes have a step for each power of ten. */
  readonly x: (records: number) => number;
  readonly y: (value: number) => number;
  readonly decades: {readonly x: readonly number[]; readonly y: readonly number[]};
}

/** What a sync costs by the number of records, for logs whose events lie differently in time. */
export function drawGrowth({growth}: Pick<Results, 'growth'>): string {
  if (growth.length === 0) {
    return picture(WIDTH, TOP, NOT_MEASURED, [text(24, 40, NOT_MEASURED)]);
  }
  const shapes = [...new Set(growth.map(({shape}) => shape))];
  const requests = panel('Requests', 64, growth, ({median}) => median.requests);
  const cpu = panel('CPU seconds', 488, growth, ({median}) => median.cpuSeconds);
  const sizes = [...new Set(growth.map(({records}) => records))];
  const fewest = sizes.map((records) => ({records, value: fewestRequests(records)}));
  const heading = text(24, 40, 'What a sync costs, by records in the log', {size: 18, weight: 600});
  const curves = shapes.flatMap((shape) => {
    const ofShape = growth.filter((each) => each.shape === shape);
    return [
      ...curve(
        requests,
        COLOURS[shape],
        points(ofShape, ({median}) => median.requests),
      ),
      ...curve(
        cpu,
        COLOURS[shape],
        points(ofShape, ({median}) => median.cpuSeconds),
      ),
    ];
  });
  const dashed = {'stroke-dasharray': '5 4', 'stroke-width': 1.5};
  return picture(WIDTH, HEIGHT, 'Requests and CPU seconds by records in the log', [
    heading,
    ...axes(requests),
    ...axes(cpu),
    line(
      fewest.map((each) => place(requests, each)),
      FAINT,
      dashed,
    ),
    ...curves,
    ...legend(shapes),
  ]);
}

function points(growth: readonly Growth[], figure: (of: Growth) => number): Point[] {
  return growth.map((each) => ({records: each.records, value: figure(each)}));
}

function panel(
  title: string,
  left: number,
  growth: readonly Growth[],
  figure: (of: Growth) => number,
): Panel {
  const right = left + 332;
  const x = powersAround(growth.map(({records}) => records));
  const y = powersAround(growth.map(figure));
  return {
    title,
    left,
    right,
    x: (records) => left + share(records, x) * (right - left),
    y: (value) => BOTTOM - share(value, y) * (BOTTOM - TOP),
    decades: {x, y},
  };
}

/** The powers of ten from below the least to above the most. */
function powersAround(values: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({length: last - first + 1}, (_, n) => Number(`1e${first + n}`));
}

function share(value: number, decades: readonly number[]): number {
  return Math.log10(value / (decades[0] ?? 1)) / (decades.length - 1);
}

function axes({title, left, right, x, y, decades}: Panel): string[] {
  const faint = {size: 11, fill: FAINT};
  return [
    text(left, TOP - 14, title, {size: 13, weight: 600}),
    ...decades.y.flatMap((value) => [
      line(
        [
          [left, y(value)],
          [right, y(value)],
        ],
        GRID,
      ),
      text(left - 8, y(value) + 4, short(value), {...faint, anchor: 'end'}),
    ]),
    ...decades.x.map((value) =>
      text(x(value), BOTTOM + 18, short(value), {...faint, anchor: 'middle'}),
    ),
  ];
}

function place({x, y}: Panel, {records, value}: Point): [number, number] {
  return [x(records), y(value)];
}

function curve(on: Panel, colour: string, values: readonly Point[]): string[] {
  const places = values.map((each) => place(on, each));
  return [line(places, colour, {'stroke-width': 2}), ...places.map(([x, y]) => dot(x, y, colour))];
}

function legend(shapes: readonly Growth['shape'][]): string[] {
  const y = HEIGHT - 20;
  const named = shapes.flatMap((shape, n) => [
    dot(70 + n * 86, y - 4, COLOURS[shape]),
    text(80 + n * 86, y, `${shape} log`, {size: 12}),
  ]);
  const x = 70 + shapes.length * 86;
  const dashed = {'stroke-dasharray': '5 4', 'stroke-width': 1.5};
  return [
    ...named,
    line(
      [
        [x, y - 4],
        [x + 26, y - 4],
      ],
      FAINT,
      dashed,
    ),
    text(x + 34, y, 'fewest requests possible (1,000 records each)', {size: 12}),
  ];
}
