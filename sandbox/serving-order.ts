/** In which order an answer's records come. */
export interface ServingOrder {
  /**
   * ingestion: latest arrival first, which is up to ten minutes after the event; shuffled: in one
   * order that has nothing to do with time; random: in another one in each answer.
   */
  order: 'newest first' | 'oldest first' | 'ingestion' | 'shuffled' | 'random';
  /**
   * Among records of one millisecond: in line with `order` (stable), the other way round, or anew in
   * each answer.
   */
  tieOrder: 'stable' | 'reversed' | 'anew';
}

/** What an order goes by: the records found, by their position from the oldest. */
export interface Ordered {
  total: number;
  /** Epoch ms. */
  time(position: number): number;
  /** Epoch ms at which a record came to light. */
  arrival(position: number): number;
}

/** All positions in the order in which an answer shows them. */
export function positionsInOrder(
  found: Ordered,
  {order, tieOrder}: ServingOrder,
  random: () => number,
): number[] {
  const positions = Array.from({length: found.total}, (_, position) => position);
  if (order === 'random') return shuffle(positions, random);
  if (order === 'shuffled') return sortBy(positions, (position) => scatter(found.time(position)));
  if (order === 'ingestion') return sortBy(positions, (position) => -found.arrival(position));
  if (tieOrder === 'anew') shuffle(positions, random);
  const isNewestFirst = order === 'newest first';
  if (isNewestFirst === (tieOrder === 'stable')) positions.reverse();
  return sortBy(positions, (position) => found.time(position) * (isNewestFirst ? -1 : 1));
}

/** A number in [0, 1) that looks like chance and is always the same for the same time. */
export function scatter(timeMs: number): number {
  const product = Math.sin(timeMs % 86_400_000) * 43_758.5453;
  return product - Math.floor(product);
}

function sortBy(positions: number[], key: (position: number) => number): number[] {
  const keys = positions.map((position) => ({position, key: key(position)}));
  return keys.sort((a, b) => a.key - b.key).map(({position}) => position);
}

function shuffle(positions: number[], random: () => number): number[] {
  for (let last = positions.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [positions[last], positions[other]] = [positions[other] ?? 0, positions[last] ?? 0];
  }
  return positions;
}
