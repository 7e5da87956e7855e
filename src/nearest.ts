/** Of `known`, the word that `word` is a part of, or else takes the fewest changes of a letter to become. */
export function nearestTo(word: string, known: readonly string[]): string {
  const distances = known.map((other) =>
    plain(other).includes(plain(word)) ? 1 : distance(plain(word), plain(other)),
  );
  return known[distances.indexOf(Math.min(...distances))] ?? '';
}

/** Capitals and what joins words make no difference: `apiToken` is `api_token`. */
function plain(word: string): string {
  return word
    .slice(0, 60)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/** Levenshtein's: letters put in, left out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
