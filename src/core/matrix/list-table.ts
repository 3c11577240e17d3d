/** Lists of integers, each kept once: equal lists have equal ids, numbered from 0. */
export class ListTable {
  #items: Int32Array = new Int32Array(4096);
  #starts: Int32Array = new Int32Array(1024);
  #slots: Int32Array = new Int32Array(2048).fill(-1);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The id of list[begin..end), a new one when no equal list is known. */
  idOf(list: ArrayLike<number>, begin: number, end: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(list, begin, end) & mask;
    for (let id = this.#slots[slot]!; id >= 0; slot = (slot + 1) & mask, id = this.#slots[slot]!)
      if (this.#equals(id, list, begin, end)) return id;
    const id = this.#append(list, begin, end);
    this.#slots[slot] = id;
    if (2 * this.#count > this.#slots.length) this.#rehash();
    return id;
  }

  /** Where list `id` begins in {@link at}; it ends where the next one begins. */
  start(id: number): number {
    return this.#starts[id]!;
  }

  end(id: number): number {
    return this.#starts[id + 1]!;
  }

  at(index: number): number {
    return this.#items[index]!;
  }

  #equals(id: number, list: ArrayLike<number>, begin: number, end: number): boolean {
    const start = this.#starts[id]!;
    if (this.#starts[id + 1]! - start !== end - begin) return false;
    for (let i = begin; i < end; i++) if (this.#items[start + i - begin] !== list[i]) return false;
    return true;
  }

  #append(list: ArrayLike<number>, begin: number, end: number): number {
    const start = this.#starts[this.#count]!;
    const stop = start + end - begin;
    if (stop > this.#items.length) this.#items = grown(this.#items, stop);
    for (let i = begin; i < end; i++) this.#items[start + i - begin] = list[i]!;
    this.#count++;
    if (this.#count >= this.#starts.length) this.#starts = grown(this.#starts, this.#count + 1);
    this.#starts[this.#count] = stop;
    return this.#count - 1;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = hashOf(this.#items, this.#starts[id]!, this.#starts[id + 1]!) & mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id;
    }
  }
}

function hashOf(list: ArrayLike<number>, begin: number, end: number): number {
  let hash = end - begin;
  for (let i = begin; i < end; i++) {
    hash = Math.imul(hash ^ list[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash & 0x7fffffff;
}

/** At least twice as long, and at least `length`. */
export function grown(old: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(Math.max(length, old.length * 2));
  larger.set(old);
  return larger;
}
