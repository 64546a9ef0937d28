import { STREAMS } from '../streams';
import { besideJson, distinct } from './beside';
import { DirectorySet } from './directorySet';
import type { OrganizationSet } from './organizationSet';
import {
  ADMIN,
  aGroup,
  BEFORE_USERS,
  isAgent,
  organizationOf,
  type DirectoryOptions,
  type Population,
} from './population';
import { hash, pick } from './random';
import { iso } from './time';
import { NAMES, TAGS } from './vocabulary';

export interface UserIdentity {
  readonly id: number;
  readonly updated_at: string;
  readonly [key: string]: unknown;
}

const BEFORE_IDENTITIES = 373_000_000_000;

/** The users. A deleted one has `active` false (§ deleted users and organizations). */
export class UserSet extends DirectorySet {
  constructor(
    private readonly options: DirectoryOptions,
    private readonly organizations: OrganizationSet,
  ) {
    const { seed, population } = options;
    if (population.users < 1) throw new RangeError('an account has at least one user, its owner');
    super(STREAMS.users.noun, BEFORE_USERS, hash(seed, 1, 41), population.users, options);
    if (this.isDeleted(ADMIN)) this.restore(ADMIN, this.version(ADMIN));
  }

  get population(): Population {
    return this.options.population;
  }

  json(id: number): string {
    const { seed, subdomain, population } = this.options;
    const { index, createdAt, updatedAt, deletedAt, changes } = this.entry(id);
    const { email, phone, h } = this.contact(index);
    const agent = isAgent(id, population);
    const role = id === ADMIN ? 'admin' : agent ? 'agent' : 'end-user';
    return JSON.stringify({
      id,
      url: `https://${subdomain}.zendesk.com/api/v2/users/${id}.json`,
      name: id === ADMIN ? 'Demo Admin' : pick(NAMES, h),
      email,
      created_at: iso(createdAt),
      updated_at: iso(updatedAt),
      time_zone: pick(['UTC', 'Eastern Time (US & Canada)', 'Berlin'], h >>> 3),
      iana_time_zone: pick(['Etc/UTC', 'America/New_York', 'Europe/Berlin'], h >>> 3),
      phone,
      shared_phone_number: phone === null ? null : false,
      photo: null,
      locale_id: 1,
      locale: 'en-US',
      organization_id: organizationOf(seed, id, population),
      role,
      role_type: agent ? 4 : null,
      verified: h % 5 !== 0,
      external_id: h % 9 === 0 ? `crm-${h}` : null,
      tags: changes === 0 ? [] : [pick(TAGS, h + changes)],
      alias: agent ? 'Support' : '',
      active: deletedAt === null,
      shared: false,
      shared_agent: false,
      last_login_at: h % 3 === 0 ? null : iso(updatedAt),
      two_factor_auth_enabled: agent ? true : null,
      signature: agent ? 'Kind regards,\nthe demo support' : null,
      details: '',
      notes: changes === 0 ? '' : `Change ${changes} – "geändert"`,
      custom_role_id: agent ? 360_000_701 : null,
      moderator: agent,
      ticket_restriction: agent ? null : 'requested',
      only_private_comments: false,
      restricted_agent: role !== 'admin',
      suspended: h % 97 === 0,
      default_group_id: agent ? aGroup(h) : null,
      report_csv: role === 'admin',
      user_fields: { plan: pick(['free', 'team', null], h >>> 5), seats: (h >>> 7) % 50 },
    });
  }

  /** The addresses and numbers of a user, as `include=identities` puts them beside the users of a page. */
  identities(id: number): UserIdentity[] {
    const { index, createdAt, updatedAt } = this.entry(id);
    const { email, phone, h } = this.contact(index);
    const identity = (place: number, type: string, value: string): UserIdentity => {
      const identityId = BEFORE_IDENTITIES + 2 * index + place;
      return {
        url: `https://${this.options.subdomain}.zendesk.com/api/v2/users/${id}/identities/${identityId}.json`,
        id: identityId,
        user_id: id,
        type,
        value,
        verified: h % 5 !== 0,
        primary: place === 1,
        created_at: iso(createdAt),
        updated_at: iso(updatedAt),
        ...(type === 'email' ? { undeliverable_count: 0, deliverable_state: 'deliverable' } : {}),
      };
    };
    return [
      ...(email === null ? [] : [identity(1, 'email', email)]),
      ...(phone === null ? [] : [identity(2, 'phone_number', phone)]),
    ];
  }

  override beside(ids: readonly number[], include: ReadonlySet<string>): string {
    const { seed, population } = this.options;
    return besideJson(include, {
      identities: () => ids.flatMap((id) => this.identities(id).map((one) => JSON.stringify(one))),
      organizations: () =>
        distinct(ids.map((id) => organizationOf(seed, id, population))).map((id) =>
          this.organizations.json(id),
        ),
    });
  }

  private contact(index: number): { email: string | null; phone: string | null; h: number } {
    const h = hash(this.options.seed, index, 42);
    const known = h % 11 === 0 ? null : `user${index + 1}@example.com`;
    return {
      email: index === 0 ? 'admin@example.com' : known,
      phone: h % 4 === 0 ? `+1555010${1000 + (h % 9000)}` : null,
      h,
    };
  }
}
