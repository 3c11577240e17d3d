/**
 * Counters for everything that happened alike: one slot per (result of a classifier, way of judging, stretch of days). Conversations add to
 * slots; rules read them once at the end, so that a conversation that many rules explain costs no more than one that a single rule does.
 *
 * Columns grow by doubling. Times are epoch seconds; `firstStart` is Infinity and `lastEnd` -Infinity while nothing with a time came.
 */
export class SlotTable {
  count = 0;
  connections = new Float64Array(256);
  answered = new Float64Array(256);
  records = new Float64Array(256);
  packets = new Float64Array(256);
  bytes = new Float64Array(256);
  firstStart = new Float64Array(256);
  lastEnd = new Float64Array(256);
  /** Bit sets: days since the first of the window, attachments by index. */
  days: Uint32Array;
  attachments: Uint32Array;
  readonly dayWords: number;
  readonly attachmentWords: number;

  constructor(dayCount: number, attachmentCount: number) {
    this.dayWords = Math.max(1, Math.ceil(dayCount / 32));
    this.attachmentWords = Math.max(1, Math.ceil(attachmentCount / 32));
    this.days = new Uint32Array(256 * this.dayWords);
    this.attachments = new Uint32Array(256 * this.attachmentWords);
  }

  /** Makes an empty slot and returns its number. */
  open(): number {
    if (this.count === this.connections.length) this.#grow();
    const slot = this.count;
    this.firstStart[slot] = Number.POSITIVE_INFINITY;
    this.lastEnd[slot] = Number.NEGATIVE_INFINITY;
    this.count += 1;
    return slot;
  }

  #grow(): void {
    const capacity = this.connections.length * 2;
    this.connections = grown(this.connections, capacity);
    this.answered = grown(this.answered, capacity);
    this.records = grown(this.records, capacity);
    this.packets = grown(this.packets, capacity);
    this.bytes = grown(this.bytes, capacity);
    this.firstStart = grown(this.firstStart, capacity);
    this.lastEnd = grown(this.lastEnd, capacity);
    this.days = grownBits(this.days, capacity * this.dayWords);
    this.attachments = grownBits(this.attachments, capacity * this.attachmentWords);
  }
}

function grown(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(column);
  return larger;
}

function grownBits(bits: Uint32Array, length: number): Uint32Array {
  const larger = new Uint32Array(length);
  larger.set(bits);
  return larger;
}

/** Numbers of slots by a key below 2^53: open addressing, because a map of boxed numbers is several times slower in the hot loop. */
export class SlotIndex {
  #keys = new Float64Array(64).fill(-1);
  #slots = new Int32Array(64);
  #mask = 63;
  #used = 0;

  /** The slot of a key, or -1. */
  find(key: number): number {
    let at = hash(key) & this.#mask;
    for (;;) {
      const stored = this.#keys[at];
      if (stored === key) return this.#slots[at] ?? -1;
      if (stored === undefined || stored < 0) return -1;
      at = (at + 1) & this.#mask;
    }
  }

  /** Adds a key that is not there yet. */
  add(key: number, slot: number): void {
    if (this.#used * 2 >= this.#keys.length) this.#grow();
    this.#place(key, slot);
    this.#used += 1;
  }

  #place(key: number, slot: number): void {
    let at = hash(key) & this.#mask;
    while ((this.#keys[at] ?? -1) >= 0) at = (at + 1) & this.#mask;
    this.#keys[at] = key;
    this.#slots[at] = slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const slots = this.#slots;
    this.#keys = new Float64Array(keys.length * 2).fill(-1);
    this.#slots = new Int32Array(keys.length * 2);
    this.#mask = this.#keys.length - 1;
    for (let at = 0; at < keys.length; at += 1) {
      const key = keys[at] ?? -1;
      if (key >= 0) this.#place(key, slots[at] ?? -1);
    }
  }
}

function hash(key: number): number {
  const high = Math.floor(key / 4_294_967_296);
  let mixed = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul(high | 0, 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
