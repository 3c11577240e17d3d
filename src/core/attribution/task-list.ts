/** Who admitted the opener of an accepted conversation, in stateful layers. */
export const OPENED = 0;
/** Who let one half pass, in stateless layers. */
export const PASSED = 1;
/** Who refused one half. */
export const REFUSED = 2;

/** The direction of the half is known, so that its layers surely judged it. */
export const SURE = 1;
/** The half is a reply. */
export const REPLY = 2;

/** What is to be settled once the questions of a batch are answered, in columns that are kept from batch to batch. */
export class TaskList {
  count = 0;
  kind = new Uint8Array(1024);
  row = new Uint32Array(1024);
  /** Index among the stages of the row's attachment. */
  stage = new Uint32Array(1024);
  /** The possible readings, as bits. */
  readings = new Uint8Array(1024);
  flags = new Uint8Array(1024);
  firstQuery = new Uint32Array(1024);

  add(kind: number, row: number, stage: number, readings: number, flags: number, firstQuery: number): void {
    const at = this.count;
    if (at === this.kind.length) this.#grow();
    this.kind[at] = kind;
    this.row[at] = row;
    this.stage[at] = stage;
    this.readings[at] = readings;
    this.flags[at] = flags;
    this.firstQuery[at] = firstQuery;
    this.count = at + 1;
  }

  #grow(): void {
    const capacity = this.kind.length * 2;
    const bytes = (column: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
      const larger = new Uint8Array(capacity);
      larger.set(column);
      return larger;
    };
    const words = (column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(capacity);
      larger.set(column);
      return larger;
    };
    this.kind = bytes(this.kind);
    this.readings = bytes(this.readings);
    this.flags = bytes(this.flags);
    this.row = words(this.row);
    this.stage = words(this.stage);
    this.firstQuery = words(this.firstQuery);
  }
}
