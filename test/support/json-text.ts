import fc from 'fast-check';

/**
 * JSON as texts, since there is more than one text for a value: white space, escapes, forms of
 * numbers. A GAP stands where white space may stand, and becomes some of it in the end.
 */

const GAP = '\u0001';

/** Mostly as tight as Confluence writes it. */
const gaps = fc.oneof(
  {weight: 3, arbitrary: fc.constant([''])},
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom('', '', ' ', '\n', '\r\n\t', '  '), {minLength: 1}),
  },
);

function laidOut(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(text, gaps).map(([tight, choices]) => {
    let n = 0;
    return tight.replaceAll(GAP, () => choices[n++ % choices.length]!);
  });
}

/** Of a letter of three bytes, and of what JSON.stringify writes as such an escape, as a short one, or as it is. */
const ESCAPES = ['\\u65E5', '\\u001F', '\\u000a', '\\u0022', '\\u005c', '\\u007f', '\\u0041'];

const stringPiece = fc.oneof(
  {
    weight: 50,
    arbitrary: fc
      .string({unit: 'grapheme', maxLength: 5})
      .map((text) => JSON.stringify(text).slice(1, -1)),
  },
  {weight: 20, arbitrary: fc.constantFrom('日本', '\u2028', '\u007f', '\\n', '\\"', '\\\\')},
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '\\u00e9',
      '\\/',
      '\\ud83d\\ude00',
      '\\ud800',
      '\\u0000',
      ...ESCAPES,
    ),
  },
);
const stringText = fc.array(stringPiece, {maxLength: 3}).map((pieces) => `"${pieces.join('')}"`);

const numberText = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('0', '-0', '0.10', '1e400', '-1.5E-3', '1e2', '12345678901234567890'),
);

function enclose([open, close]: string, items: readonly string[]): string {
  return [open, items.join(`${GAP},${GAP}`), close].join(GAP);
}

function member(key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(key, value).map((both) => both.join(`${GAP}:${GAP}`));
}

function listOf(item: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(item, {maxLength: 4}).map((items) => enclose('[]', items));
}

const anyText: fc.Arbitrary<string> = fc.letrec<{value: string}>((tie) => ({
  value: fc.oneof(
    {depthSize: 'small', withCrossShrink: true},
    stringText,
    numberText,
    fc.constantFrom('true', 'false', 'null', '{}', '[]'),
    listOf(tie('value')),
    fc
      .array(member(stringText, tie('value')), {maxLength: 4})
      .map((members) => enclose('{}', members)),
  ),
})).value;

/** Any JSON text that is not nested deeply. */
export const jsonText = laidOut(anyText);

/** A member with this name, its value as Confluence writes it or, one day, otherwise. */
function named(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return member(
    fc.constant(JSON.stringify(name)),
    fc.oneof({weight: 40, arbitrary: value}, {weight: 1, arbitrary: anyText}),
  );
}

/** An object with these members, mostly with all of them. */
function objectOf(members: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.tuple(...members),
      fc.oneof({weight: 12, arbitrary: fc.constant(-1)}, {weight: 1, arbitrary: fc.nat(10)}),
      fc.nat(10),
    )
    .map(([texts, without, turn]) => {
      const kept = texts.filter((_, n) => n !== without);
      return enclose('{}', [...kept.slice(turn), ...kept.slice(0, turn)]);
    });
}

const affected = objectOf([named('name', stringText), named('objectType', stringText)]);
const change = objectOf([
  named('name', stringText),
  named('oldValue', stringText),
  named('newValue', stringText),
  named('hiddenOldValue', stringText),
  named('hiddenNewValue', stringText),
]);
const account = named('accountId', fc.oneof(stringText, fc.constantFrom('""', 'null')));
const author = objectOf([
  named('type', fc.constant('"user"')),
  named('displayName', stringText),
  account,
  named('operations', fc.constant('null')),
]);
const creationDate = member(
  fc.constant('"creationDate"'),
  fc.oneof(fc.integer({min: 0, max: 4_102_444_800_000}), fc.constantFrom(0, 999, 1e12)).map(String),
);
const unforeseen = fc.array(
  fc.oneof(
    member(stringText, anyText),
    ...['id', 'cloudId', 'createdAt', 'summary'].map((name) => named(name, stringText)),
  ),
  {maxLength: 3},
);

/** An audit record: mostly as Confluence writes it, and every part of it sometimes otherwise. */
export const recordText: fc.Arbitrary<string> = laidOut(
  fc
    .tuple(
      creationDate,
      objectOf([
        named('author', author),
        named('remoteAddress', stringText),
        named('summary', stringText),
        named('description', stringText),
        named('category', stringText),
        named('sysAdmin', fc.constantFrom('false', 'true')),
        named('superAdmin', fc.constantFrom('false', 'true')),
        named('affectedObject', affected),
        named('changedValues', listOf(change)),
        named('associatedObjects', listOf(affected)),
      ]),
      fc.oneof({weight: 3, arbitrary: fc.constant([])}, {weight: 1, arbitrary: unforeseen}),
      fc.boolean(),
    )
    .map(([date, known, others, isFirst]) => {
      const members = known.slice(1, -1);
      return enclose('{}', isFirst ? [date, members, ...others] : [...others, members, date]);
    }),
);

/** A page of these records, its parts in any order. */
export function pageText(records: readonly string[]): fc.Arbitrary<string> {
  const parts = [
    `"results":${enclose('[]', records)}`,
    `"start":0`,
    `"limit":1000`,
    `"size":${records.length}`,
    `"_links":{"base":"https://acme.atlassian.net/wiki"}`,
    `"what":{"else":["]}"]}`,
  ];
  return laidOut(
    fc
      .shuffledSubarray(parts, {minLength: parts.length})
      .map((shuffled) => enclose('{}', shuffled)),
  );
}
