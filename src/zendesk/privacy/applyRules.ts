import { STREAMS, streamNamed } from '../../streams';
import type { Stream } from '../../streams/stream';
import { NOT_FIELDS } from '../../streams/ticketEvents';
import { endOfPlain, endOfString, QUOTE } from '../jsonLexer';
import type { JsonScanner } from '../jsonScanner';
import { Edits, Gaps } from './edits';
import { Hmac } from './hmac';
import type { Privacy } from './privacy';
import { LISTS_BY_ID, Place, ruleTree, type RuleNode } from './ruleTree';

/**
 * Applies an account's privacy rules to the body of an answer, before anything else reads its records: so whatever is made of them,
 * such as typed columns, raw JSON, quarantine and digests, agrees and holds nothing that a rule takes away. All other bytes stay as
 * they came.
 * @param stream whose records were asked for
 * @returns the text itself where nothing had to be changed
 * @throws MalformedJson
 */
export function applyRules(scanner: JsonScanner, stream: Stream, privacy: Privacy): Buffer {
  const trees = treesOf(stream, privacy);
  if (trees.size === 0) return scanner.text;
  const edits = new Edits(scanner.text);
  const applying = new Applying(scanner, edits, new Hmac(privacy.key ?? ''), stream.name === 'ticket_events');
  scanner.members((key) => {
    const tree = trees.get(key);
    if (tree === undefined) scanner.value();
    else if (scanner.startsWith('['))
      scanner.list(() => {
        applying.toRecord(tree);
      });
    else applying.toRecord(tree);
  });
  return edits.done();
}

/** The same for the text of one record. */
export function applyRulesToRecord(scanner: JsonScanner, stream: Stream, privacy: Privacy): Buffer {
  const tree = ruleTree(stream, privacy);
  if (tree === undefined) return scanner.text;
  const edits = new Edits(scanner.text);
  new Applying(scanner, edits, new Hmac(privacy.key ?? ''), stream.name === 'ticket_events').toRecord(
    new Place([tree]),
  );
  return edits.done();
}

/** The characters of a text, or any other value as it is written. */
function textOf(raw: string): string {
  return raw.startsWith('"') ? String(JSON.parse(raw)) : raw;
}

/** By the keys of the lists in an answer. */
function treesOf(stream: Stream, privacy: Privacy): ReadonlyMap<string, Place> {
  const trees = new Map<string, Place>();
  const own = ruleTree(stream, privacy);
  if (own !== undefined) trees.set(stream.list, new Place([own]));
  for (const { name, table } of stream.sideloads) {
    const tree = table === null ? undefined : ruleTree(STREAMS[streamNamed(table)], privacy);
    if (tree !== undefined) trees.set(name, new Place([tree]));
  }
  return trees;
}

/** Deeper than any record: what lies there is not looked through. */
const DEEPEST = 64;

const ID = Buffer.from('{"id":');
const VALUE = Buffer.from(',"value":');
const [OPEN_BRACE, OPEN_BRACKET, CLOSE_BRACE] = [0x7b, 0x5b, 0x7d];
const [ZERO, NINE] = [0x30, 0x39];
/** Digits that a number holds exactly. */
const MOST_DIGITS = 15;

function digitAt(text: Buffer, at: number): number | undefined {
  const byte = text[at];
  return byte !== undefined && byte >= ZERO && byte <= NINE ? byte - ZERO : undefined;
}

/** Walks through records; every method moves on to the end of the value that begins where the scanner is. */
class Applying {
  constructor(
    private readonly scanner: JsonScanner,
    private readonly edits: Edits,
    private readonly hmac: Hmac,
    /** Whether the records say what has become of fields. */
    private readonly hasChanges: boolean,
  ) {}

  toRecord(place: Place): void {
    // In what is no object nobody can tell what is private.
    if (this.scanner.startsWith('{')) this.toObject(place, 0);
    else this.replace('null');
  }

  private toObject(place: Place, depth: number): void {
    const { scanner } = this;
    const changed = this.hasChanges && depth > 0 ? this.changedFields(place) : undefined;
    const gaps = new Gaps(this.edits, scanner.at + 1);
    scanner.members((key, start) => {
      const usual = place.at(key);
      const more = changed?.get(key);
      const next = more === undefined ? usual : new Place([...usual.nodes, ...more]);
      this.toPart(gaps, start, next, LISTS_BY_ID.has(key), depth);
    });
    gaps.close(scanner.at - 1);
  }

  private toList(place: Place, keepsId: boolean, depth: number): void {
    const { scanner } = this;
    const { hasIds } = place;
    const gaps = new Gaps(this.edits, scanner.at + 1);
    scanner.list(() => {
      const start = scanner.at;
      if (hasIds && depth <= DEEPEST && this.passField(place)) {
        gaps.keep(start);
        gaps.keptTo(scanner.at);
        return;
      }
      const id = hasIds && scanner.startsWith('{') ? this.idOfObject() : undefined;
      const element = id === undefined ? place.elements : place.elementWith(id);
      // Within another one nothing else can be meant.
      const next =
        place.hasOnlyIds && id !== undefined && element === place.elements ? Place.NOWHERE : element;
      this.toPart(gaps, start, next, keepsId || hasIds, depth);
    });
    gaps.close(scanner.at - 1);
  }

  /**
   * Moves past a custom field as nearly all are written, `{"id":360021289000,"value":"x"}`, if no rule is for it: the same as
   * without, and in a third of the time.
   * @param place of the list that it is in
   */
  private passField(place: Place): boolean {
    const { scanner } = this;
    const { text } = scanner;
    if (!scanner.spells(ID, scanner.at)) return false;
    const digits = scanner.at + ID.length;
    let at = digits;
    let id = 0;
    for (let digit = digitAt(text, at); digit !== undefined; digit = digitAt(text, at)) {
      id = 10 * id + digit;
      at += 1;
    }
    if (at === digits || at - digits > MOST_DIGITS || !scanner.spells(VALUE, at)) return false;
    at += VALUE.length;
    const first = text[at];
    if (first === OPEN_BRACE || first === OPEN_BRACKET || !place.leavesField(id)) return false;
    at = first === QUOTE ? endOfString(text, at) : endOfPlain(text, at);
    if (text[at] !== CLOSE_BRACE) return false;
    scanner.at = at + 1;
    return true;
  }

  /**
   * Of an object or a list.
   * @param start of its key, if it has one
   * @param keepsId whether the ids stay of objects that lie here, as those of custom fields do
   */
  private toPart(gaps: Gaps, start: number, place: Place, keepsId: boolean, depth: number): void {
    const { scanner } = this;
    if (place.isNowhere) {
      gaps.keep(start);
      scanner.value();
      gaps.keptTo(scanner.at);
      return;
    }
    const isObject = scanner.startsWith('{');
    const goesOn = isObject || scanner.startsWith('[');
    const found = goesOn || scanner.startsWith('n') ? place.action : place.plainAction;
    const action = found === undefined && goesOn && depth > DEEPEST ? 'drop' : found;
    if (action === 'drop') {
      scanner.value();
      gaps.leaveOut();
      return;
    }
    gaps.keep(start);
    if (action === 'hash') this.hash(keepsId, depth + 1);
    else if (!goesOn) scanner.value();
    else if (isObject) this.toObject(place, depth + 1);
    else this.toList(place, keepsId, depth + 1);
    gaps.keptTo(scanner.at);
  }

  /** Of an object or a list, everything in it. */
  private hash(keepsId: boolean, depth: number): void {
    const { scanner } = this;
    if (depth <= DEEPEST && scanner.startsWith('{'))
      scanner.members((key) => {
        if (keepsId && key === 'id') scanner.value();
        else this.hash(false, depth + 1);
      });
    else if (depth <= DEEPEST && scanner.startsWith('['))
      scanner.list(() => {
        this.hash(keepsId, depth + 1);
      });
    else this.hashWhole();
  }

  /** Null says nothing, and stays. */
  private hashWhole(): void {
    const { scanner } = this;
    const start = scanner.at;
    const raw = scanner.raw();
    if (raw === 'null') return;
    this.edits.replace(start, scanner.at, `"${this.hmac.of(textOf(raw))}"`);
  }

  private replace(by: string): void {
    const { scanner } = this;
    const start = scanner.at;
    scanner.value();
    this.edits.replace(start, scanner.at, by);
  }

  /** The `id` of the object that begins here, as it is written; moves nowhere. */
  private idOfObject(): string | undefined {
    const { scanner } = this;
    const { at } = scanner;
    let id: string | undefined;
    scanner.members((key) => {
      if (key === 'id') id = textOf(scanner.raw());
      else scanner.value();
    });
    scanner.at = at;
    return id;
  }

  /**
   * A child event says with `value` and `previous_value` what a field is now and was before; the field is a key beside them, or
   * named by `field_name`. A rule for the field holds for its values. Moves nowhere.
   */
  private changedFields(place: Place): ReadonlyMap<string, readonly RuleNode[]> | undefined {
    const { scanner } = this;
    const { at } = scanner;
    const fields: RuleNode[] = [];
    const customFields = place.at('custom_fields');
    const named: RuleNode[] = [];
    const keys = new Set<string>();
    scanner.members((key) => {
      keys.add(key);
      if (key === 'field_name') {
        const name = String(scanner.shallow());
        named.push(...place.at(name).nodes, ...customFields.at(name).nodes);
      } else if (key === 'custom_ticket_fields' && scanner.startsWith('{'))
        scanner.members((id) => {
          fields.push(...customFields.at(id).nodes);
          scanner.value();
        });
      else {
        if (!NOT_FIELDS.includes(key)) fields.push(...place.at(key).nodes);
        scanner.value();
      }
    });
    scanner.at = at;
    if (!keys.has('field_name') && !keys.has('previous_value')) return undefined;
    return new Map([
      ['value', named],
      ['previous_value', [...named, ...fields]],
    ]);
  }
}
