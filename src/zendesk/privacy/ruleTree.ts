import { streamNamed } from '../../streams';
import type { Stream } from '../../streams/stream';
import type { Privacy, StreamRules } from './privacy';

export type Action = 'drop' | 'hash';

/** A place that paths lead to, or through. */
export interface RuleNode {
  readonly children: Map<string, RuleNode>;
  /** What `*` leads to. */
  any: RuleNode | undefined;
  /** What is done with the value here. */
  action: Action | undefined;
  /** What is done with it where it has to be an object or a list, and is neither: the strictest of what is below. */
  below: Action | undefined;
  /** Whether a key leads here, and not `*`. */
  readonly isNamed: boolean;
  /** Whether elements of a list are addressed by their ids. */
  hasIds: boolean;
}

export const ANY = '*';
const IS_ID = /^\d+$/;

/** Whose values are addressed by their ids. */
export const LISTS_BY_ID: ReadonlySet<string> = new Set(['custom_fields', 'fields']);

/** Keys that repeat, in another form, what another key holds: a rule for that holds for them, too. */
const REPEATS: Readonly<Record<string, string>> = {
  html_body: 'body',
  plain_body: 'body',
  fields: 'custom_fields',
  custom_ticket_fields: 'custom_fields',
  added_tags: 'tags',
  removed_tags: 'tags',
};
const RAW = 'raw_';

/** The key that one repeats, such as `subject` of `raw_subject`. */
export function repeatedBy(key: string): string | undefined {
  return key.startsWith(RAW) ? key.slice(RAW.length) : REPEATS[key];
}

/** The rules of a stream as a tree, with those of the records that lie within its own; undefined where there are none. */
export function ruleTree(stream: Stream, { rules }: Privacy): RuleNode | undefined {
  const root = node(true);
  add(root, [], rules[streamNamed(stream.name)]);
  if (stream.name === 'tickets') add(root, FOLLOW_UP, ofSubject(rules.tickets));
  for (const { nestedIn, table } of stream.sideloads)
    if (nestedIn !== undefined && table !== null) add(root, [nestedIn], rules[streamNamed(table)]);
  // What has become of a ticket's fields is in its events.
  if (stream.name === 'ticket_events') add(root, ['child_events'], ofFields(rules.tickets));
  return root.below === undefined ? undefined : root;
}

/** A follow-up ticket names the closed one, with its subject. */
const FOLLOW_UP = ['via', 'source', 'from'];

function ofSubject(rules: StreamRules | undefined): StreamRules | undefined {
  const isSubject = (path: string): boolean => path === 'subject';
  return rules && { drop: rules.drop.filter(isSubject), hash: rules.hash.filter(isSubject) };
}

/** The rules that hold for fields of a ticket. Events have a `via` of their own, which often is a text. */
function ofFields(rules: StreamRules | undefined): StreamRules | undefined {
  const isOfField = (path: string): boolean => !/^(via|\*)(\.|$)/.test(path);
  return rules && { drop: rules.drop.filter(isOfField), hash: rules.hash.filter(isOfField) };
}

/** What `key` leads to. */
function step(nodes: readonly RuleNode[], key: string): readonly RuleNode[] {
  const found: RuleNode[] = [];
  const repeated = repeatedBy(key);
  for (const { children, any } of nodes) {
    const named = children.get(key);
    const other = repeated === undefined ? undefined : children.get(repeated);
    for (const next of [named, other, any]) if (next !== undefined) found.push(next);
  }
  return found;
}

/** Where a walk through a record is: at several places of the tree at once. Records are alike, so what follows is found once. */
export class Place {
  static readonly NOWHERE = new Place([]);

  /** What is done with an object or a list here. */
  readonly action: Action | undefined;
  /** What is done with a text, a number or a boolean. */
  readonly plainAction: Action | undefined;
  readonly isNowhere: boolean;
  /** Whether elements of a list here are addressed by their ids. */
  readonly hasIds: boolean;
  /** Whether nothing else is addressed here. */
  readonly hasOnlyIds: boolean;
  private readonly byKey = new Map<string, Place>();
  private readonly byId = new Map<string, Place>();
  private readonly fieldsLeft = new Map<number, boolean>();
  private ofElements: Place | undefined;

  constructor(readonly nodes: readonly RuleNode[]) {
    this.isNowhere = nodes.length === 0;
    this.hasIds = nodes.some((node) => node.hasIds);
    this.hasOnlyIds = nodes.every(
      ({ any, children }) => any === undefined && [...children.keys()].every((key) => IS_ID.test(key)),
    );
    this.action = nodes.reduce<Action | undefined>((all, { action }) => stricter(all, action), undefined);
    this.plainAction = nodes.reduce<Action | undefined>(
      (all, { action, below, isNamed }) => stricter(all, action ?? (isNamed ? below : undefined)),
      undefined,
    );
  }

  at(key: string): Place {
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const nodes = step(this.nodes, key);
    const place = nodes.length === 0 ? Place.NOWHERE : new Place(nodes);
    // Keys may be ids: not all of them are worth the memory.
    if (this.byKey.size < MOST_KEYS) this.byKey.set(key, place);
    return place;
  }

  /** Of the elements of a list that is here. */
  get elements(): Place {
    this.ofElements ??= new Place([...this.nodes, ...this.nodes.flatMap(({ any }) => any ?? [])]);
    return this.ofElements;
  }

  /** The same of the element that has an id. */
  elementWith(id: string): Place {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const named = this.nodes.flatMap(({ children }) => children.get(id) ?? []);
    const place = named.length === 0 ? this.elements : new Place([...this.elements.nodes, ...named]);
    if (this.byId.size < MOST_KEYS) this.byId.set(id, place);
    return place;
  }

  /** Whether no rule is for the element of this id that has nothing besides but a `value`, which is no object or list. */
  leavesField(id: number): boolean {
    const known = this.fieldsLeft.get(id);
    if (known !== undefined) return known;
    const element = this.elementWith(String(id));
    const leaves = element.action === undefined && element.at('value').isNowhere;
    if (this.fieldsLeft.size < MOST_KEYS) this.fieldsLeft.set(id, leaves);
    return leaves;
  }
}

/** Of each kind. */
const MOST_KEYS = 1000;

function add(root: RuleNode, before: readonly string[], rules: StreamRules | undefined): void {
  for (const path of rules?.hash ?? []) insert(root, [...before, ...path.split('.')], 'hash');
  for (const path of rules?.drop ?? []) insert(root, [...before, ...path.split('.')], 'drop');
}

function insert(root: RuleNode, path: readonly string[], action: Action): void {
  let at = root;
  for (const key of path) {
    at.below = stricter(at.below, action);
    if (IS_ID.test(key)) at.hasIds = true;
    at = key === ANY ? (at.any ??= node(false)) : child(at, key);
  }
  at.action = stricter(at.action, action);
}

function child(parent: RuleNode, key: string): RuleNode {
  // One rule holds for both lists of fields, whichever it names.
  const name = LISTS_BY_ID.has(key) ? 'custom_fields' : key;
  const found = parent.children.get(name) ?? node(true);
  parent.children.set(name, found);
  return found;
}

function node(isNamed: boolean): RuleNode {
  return { children: new Map(), any: undefined, action: undefined, below: undefined, isNamed, hasIds: false };
}

function stricter(one: Action | undefined, other: Action | undefined): Action | undefined {
  return one === 'drop' || other === 'drop' ? 'drop' : (one ?? other);
}
