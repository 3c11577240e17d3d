import { createHash } from 'node:crypto';

/**
 * A seeded stream of numbers (mulberry32). The same seed gives the same stream on every machine.
 *
 * @param {string} seed
 */
export function randomStream(seed) {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    /** An integer from first to last, both included. */
    between: (first, last) => first + Math.floor(next() * (last - first + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
    chance: (probability) => next() < probability,
  };
}

/** A made-up resource id such as `sg-0…`: 17 hex digits that depend on the name alone. */
export function resourceId(prefix, name) {
  return `${prefix}-0${createHash('sha256').update(`${prefix}/${name}`).digest('hex').slice(0, 16)}`;
}
