import type { PageKey, PageRequest, PageResult } from './page';

/** How most pages are asked for, and what most answer: that need not enter the history with every one of them. */
const USUAL_REQUEST = {
  stream: 'tickets',
  include: [],
  supportTypeScope: 'all',
  excludeDeleted: false,
} satisfies Partial<PageRequest>;

const USUAL_RESULT = {
  deleted: 0,
  repeated: 0,
  filtered: 0,
  quarantined: 0,
  afterCursor: null,
  endOfStream: false,
  pinned: false,
  newKeys: [],
  requests: 1,
  quota: null,
} satisfies Partial<PageResult>;

/** A value without what is as usual. */
type Brief<T, Usual> = Omit<T, keyof Usual> & Partial<T>;

/** The page before by its number alone, where it is of the same export and epoch. */
export type WireRequest = Omit<Brief<PageRequest, typeof USUAL_REQUEST>, 'previous'> & {
  readonly previous?: PageKey | number;
};

export type WireResult = Brief<PageResult, typeof USUAL_RESULT>;

export function toWireRequest(request: PageRequest): WireRequest {
  const { previous, ...rest } = withoutUsual(request, USUAL_REQUEST);
  if (previous === undefined) return rest;
  const { exportId, epoch } = request.key;
  const isOfSame = previous.exportId === exportId && previous.epoch === epoch;
  return { ...rest, previous: isOfSame ? previous.page : previous };
}

export function fromWireRequest({ previous, ...request }: WireRequest): PageRequest {
  const whole = { ...USUAL_REQUEST, ...request };
  if (previous === undefined) return whole;
  return { ...whole, previous: typeof previous === 'number' ? { ...request.key, page: previous } : previous };
}

export function toWireResult(summary: PageResult): WireResult {
  return withoutUsual(summary, USUAL_RESULT);
}

export function fromWireResult(summary: WireResult): PageResult {
  return { ...USUAL_RESULT, ...summary };
}

function withoutUsual<T extends object, Usual extends Partial<T>>(value: T, usual: Usual): Brief<T, Usual> {
  const ofUsual = new Map(Object.entries(usual).map(([key, one]) => [key, JSON.stringify(one)]));
  const rest = Object.entries(value).filter(([key, one]) => ofUsual.get(key) !== JSON.stringify(one));
  return Object.fromEntries(rest) as Brief<T, Usual>;
}
