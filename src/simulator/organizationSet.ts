import { STREAMS } from '../streams';
import { DirectorySet } from './directorySet';
import { aGroup, BEFORE_ORGANIZATIONS, type DirectoryOptions } from './population';
import { hash, pick } from './random';
import { iso } from './time';
import { COMPANIES, TAGS } from './vocabulary';

/** The organizations. A deleted one has `deleted_at` (§ deleted users and organizations). */
export class OrganizationSet extends DirectorySet {
  constructor(private readonly options: DirectoryOptions) {
    const { seed, population } = options;
    const { noun } = STREAMS.organizations;
    super(noun, BEFORE_ORGANIZATIONS, hash(seed, 2, 41), population.organizations, options);
  }

  json(id: number): string {
    const { seed, subdomain } = this.options;
    const { index, createdAt, updatedAt, deletedAt, changes } = this.entry(id);
    const h = hash(seed, index, 43);
    return JSON.stringify({
      url: `https://${subdomain}.zendesk.com/api/v2/organizations/${id}.json`,
      id,
      name: `${pick(COMPANIES, h)} ${index + 1}`,
      shared_tickets: h % 5 === 0,
      shared_comments: h % 10 === 0,
      external_id: h % 3 === 0 ? `crm-${h}` : null,
      created_at: iso(createdAt),
      updated_at: iso(updatedAt),
      domain_names: h % 2 === 0 ? [`company${index + 1}.example`] : [],
      details: '',
      notes: changes === 0 ? '' : `Change ${changes} – "geändert"`,
      group_id: h % 4 === 0 ? aGroup(h >>> 2) : null,
      tags: changes === 0 ? [] : [pick(TAGS, h + changes)],
      organization_fields: { tier: pick(['gold', 'silver', null], h >>> 4) },
      deleted_at: deletedAt === null ? null : iso(deletedAt),
    });
  }
}
