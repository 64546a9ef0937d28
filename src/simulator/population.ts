import type { Span } from './history';
import { hash } from './random';

/** How many records an account starts with; what they point to is among these. */
export interface Population {
  readonly users: number;
  readonly organizations: number;
  readonly ratings: number;
}

export interface DirectoryOptions extends Span {
  readonly seed: number;
  readonly subdomain: string;
  readonly population: Population;
}

export const BEFORE_USERS = 370_000_000_000;
export const BEFORE_ORGANIZATIONS = 361_000_000_000;
export const BEFORE_GROUPS = 360_000_200;
export const GROUPS = 6;
const MOST_AGENTS = 20;

/** The first users are agents; the first of them is the admin whose credentials are used. */
export const ADMIN = BEFORE_USERS + 1;

export function agents({ users }: Population): number {
  return Math.min(MOST_AGENTS, Math.ceil(users / 10));
}

export function isAgent(user: number, population: Population): boolean {
  return user - BEFORE_USERS <= agents(population);
}

export function anAgent(draw: number, population: Population): number {
  return ADMIN + (draw % agents(population));
}

/** Where everybody is an agent, one of those. */
export function anEndUser(draw: number, population: Population): number {
  const endUsers = population.users - agents(population);
  return endUsers === 0 ? anAgent(draw, population) : ADMIN + agents(population) + (draw % endUsers);
}

/** The organization that a user has belonged to from the beginning. */
export function organizationOf(seed: number, user: number, population: Population): number | null {
  const h = hash(seed, user - BEFORE_USERS, 40);
  return population.organizations === 0 || isAgent(user, population) || h % 3 === 0
    ? null
    : BEFORE_ORGANIZATIONS + 1 + ((h >>> 2) % population.organizations);
}

export function aGroup(draw: number): number {
  return BEFORE_GROUPS + 1 + (draw % GROUPS);
}
