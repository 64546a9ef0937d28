import type { SupportTypeScope } from '../contract/page';
import type { Difference } from '../contract/verification';

/** A ticket as Zendesk shows it. Times are Unix seconds. */
interface RecordThere {
  readonly id: number;
  readonly updatedAt: number;
}

/** A ticket as the destination has it. */
export interface RecordHere {
  readonly id: number;
  /** Null where the row has none. */
  readonly updatedAt: number | null;
  readonly deleted: boolean;
}

/**
 * The ids of tickets that seem to differ, by ascending id. What changed after `bound` on either side is left out: the export may not
 * have got there yet.
 */
export function candidatesOf(
  here: readonly RecordHere[],
  there: readonly RecordThere[],
  bound: number,
): number[] {
  const rows = new Map(here.map((ticket) => [ticket.id, ticket]));
  const shown = new Set(there.map(({ id }) => id));
  const behind = there.filter((ticket) => ticket.updatedAt <= bound && isBehind(rows.get(ticket.id), ticket));
  const gone = here.filter(
    ({ id, updatedAt, deleted }) => !shown.has(id) && !deleted && (updatedAt ?? 0) <= bound,
  );
  return [...new Set([...behind, ...gone].map(({ id }) => id))].sort((one, other) => one - other);
}

function isBehind(here: RecordHere | undefined, { updatedAt }: RecordThere): boolean {
  return here === undefined || here.deleted || (here.updatedAt ?? 0) < updatedAt;
}

/** All that is known of a ticket that seems to differ. */
interface Evidence {
  readonly here: (RecordHere & { readonly supportType: string | null }) | undefined;
  /** Undefined where Zendesk does not show it: it is deleted, or has never been. */
  readonly there: (RecordThere & { readonly supportType: string | null }) | undefined;
  /** Whether Zendesk may have deleted it after the bound; null: nobody knows. */
  readonly isDeletedSince: boolean | null;
}

/** What is wrong with a ticket; undefined: nothing, or nobody can tell. */
export function differenceOf(
  { here, there, isDeletedSince }: Evidence,
  bound: number,
  scope: SupportTypeScope,
): Difference | undefined {
  if (there === undefined) {
    if (here === undefined || here.deleted || (here.updatedAt ?? 0) > bound) return undefined;
    // Whether Zendesk shows the tickets of AI agents by their ids is not documented.
    return here.supportType === 'ai_agent' || isDeletedSince !== false ? undefined : 'extra';
  }
  if (there.updatedAt > bound || !isWanted(there.supportType, scope)) return undefined;
  if (here === undefined) return 'missing';
  return isBehind(here, there) ? 'stale' : undefined;
}

/** Whether the export was asked for such tickets. */
function isWanted(supportType: string | null, scope: SupportTypeScope): boolean {
  return scope === 'all' || (supportType ?? 'agent') === scope;
}
