/** Ids must fit beside a second in one double: 2^31 seconds and 2^22 ids share its 53 bits. */
const ID_SPAN = 2 ** 22;
export const MAX_ID = ID_SPAN - 1;

/** The place of one row in the order of its stream, (version, id), as one sortable number. */
export function placeOf(second: number, id: number): number {
  return second * ID_SPAN + id;
}

export function secondOf(place: number): number {
  return Math.floor(place / ID_SPAN);
}

export function idOf(place: number): number {
  return place % ID_SPAN;
}

/**
 * Rows sorted by place in one typed array: 8 bytes a row, binary search to start reading, and new rows (which belong at
 * the tail nearly always) cost next to nothing. A row whose record has moved on stays until a quarter of all rows are
 * stale; `isCurrent` tells which those are.
 */
export class Timeline {
  private places: Float64Array;
  private length: number;
  private stale = 0;

  constructor(
    places: Float64Array,
    private readonly isCurrent: (place: number) => boolean,
  ) {
    this.places = places.sort();
    this.length = places.length;
  }

  /** The index of the first row at or after a place. */
  private search(place: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.places[middle] ?? Infinity) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds a row. A stale row that is still there at the same place becomes current again. */
  add(place: number): void {
    const index = this.search(place);
    if (index < this.length && this.places[index] === place) {
      this.stale -= 1;
      return;
    }
    if (this.length === this.places.length) {
      const larger = new Float64Array(Math.max(1024, Math.ceil(this.length * 1.25)));
      larger.set(this.places);
      this.places = larger;
    }
    this.places.copyWithin(index + 1, index, this.length);
    this.places[index] = place;
    this.length += 1;
  }

  /** Says that one row has just stopped being current. */
  markStale(): void {
    this.stale += 1;
    if (this.stale < 1024 || this.stale < this.length / 4) return;
    let kept = 0;
    for (let index = 0; index < this.length; index += 1) {
      const place = this.places[index] ?? 0;
      if (this.isCurrent(place)) this.places[kept++] = place;
    }
    this.length = kept;
    this.stale = 0;
  }

  /** Visits current rows from a place on, in order, up to and including a second, until `visit` returns false. */
  scan(from: number, lastSecond: number, visit: (second: number, id: number) => boolean): void {
    const end = placeOf(lastSecond + 1, 0);
    for (let index = this.search(from); index < this.length; index += 1) {
      const place = this.places[index] ?? Infinity;
      if (place >= end) return;
      if (this.isCurrent(place) && !visit(secondOf(place), idOf(place))) return;
    }
  }
}
