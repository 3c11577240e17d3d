/** The result of a list for a combination of answers, for lists with too many combinations to give each a place of its own. */
export class MaskResults {
  /** List, mask, result id + 1, 0; the third number of a free place is 0. */
  #places: Int32Array = new Int32Array(4 * 16);
  #count = 0;

  get memoryBytes(): number {
    return this.#places.byteLength;
  }

  /** Result id + 1; 0 when it was never added. */
  get(list: number, mask: number): number {
    const places = this.#places;
    const last = places.length - 4;
    for (let place = placeOf(list, mask) & last; ; place = (place + 4) & last) {
      const result = places[place + 2] as number;
      if (result === 0 || (places[place] === list && places[place + 1] === mask)) return result;
    }
  }

  /** Adds a combination that was not there. */
  add(list: number, mask: number, resultPlusOne: number): void {
    if (++this.#count * 8 > this.#places.length) this.#grow();
    put(this.#places, list, mask, resultPlusOne);
  }

  #grow(): void {
    const larger = new Int32Array(this.#places.length * 2);
    for (let place = 0; place < this.#places.length; place += 4) {
      const result = this.#places[place + 2] as number;
      if (result !== 0) put(larger, this.#places[place] as number, this.#places[place + 1] as number, result);
    }
    this.#places = larger;
  }
}

function put(places: Int32Array, list: number, mask: number, result: number): void {
  const last = places.length - 4;
  let place = placeOf(list, mask) & last;
  while (places[place + 2] !== 0) place = (place + 4) & last;
  places[place] = list;
  places[place + 1] = mask;
  places[place + 2] = result;
}

/** A multiple of 4. */
function placeOf(list: number, mask: number): number {
  let h = Math.imul(list, 0x9e3779b1) ^ Math.imul(mask, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) << 2;
}
