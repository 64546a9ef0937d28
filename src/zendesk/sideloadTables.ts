/** Sideloads that are objects of their own, each with a table of its name. The others stay inside their ticket. */
export const SIDELOAD_TABLES = [
  'users',
  'groups',
  'organizations',
  'sharing_agreements',
  'ticket_forms',
  'metric_sets',
] as const;
