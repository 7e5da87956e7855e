/** One line of a ranking. `key` tells lines apart, `label` is what a person reads. */
export interface Rank {
  key: string;
  label: string;
  count: number;
}

/** The most frequent keys, and how many there were. `isExact` is false once rare keys were dropped. */
export interface Ranking {
  top: Rank[];
  distinct: number;
  isExact: boolean;
}

/**
 * Counts by key in bounded memory. Past `maxKeys` the keys seen once are dropped, so frequent
 * ones keep their place and `distinct` becomes a lower bound.
 */
export class Tally {
  private ranks = new Map<string, Rank>();
  private mostDistinct = 0;

  constructor(private readonly maxKeys = 50_000) {}

  add(key: string, label = key): void {
    const rank = this.ranks.get(key);
    if (rank) {
      rank.count += 1;
      rank.label = label; // the log comes oldest first: the last name is the current one
      return;
    }
    if (this.ranks.size >= this.maxKeys) {
      this.dropRareKeys();
    }
    this.ranks.set(key, {key, label, count: 1});
  }

  /** The `limit` most frequent keys; equal counts in the order of their labels. */
  ranking(limit: number): Ranking {
    const top = [...this.ranks.values()].sort(byCountThenLabel).slice(0, limit);
    const distinct = Math.max(this.mostDistinct, this.ranks.size);
    return {top, distinct, isExact: this.mostDistinct === 0};
  }

  private dropRareKeys(): void {
    this.mostDistinct = this.maxKeys;
    const kept = [...this.ranks.values()].sort(byCountThenLabel).slice(0, this.maxKeys / 2);
    this.ranks = new Map(kept.filter(({count}) => count > 1).map((rank) => [rank.key, rank]));
  }
}

function byCountThenLabel(a: Rank, b: Rank): number {
  return b.count - a.count || compare(a.label, b.label) || compare(a.key, b.key);
}

/** By code unit: the same order on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
