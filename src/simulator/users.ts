import { json, type Answer } from './answer';
import { ADMIN } from './population';

/**
 * `GET /api/v2/users/me`. For a credential Zendesk does not know the recorded answer is 200 with an anonymous user, so a
 * reader that looks at the status alone believes that it is logged in (§ check-credentials trap).
 */
export function currentUser(known: boolean, role: 'admin' | 'agent', baseUrl: string): Answer {
  const user = known
    ? {
        id: ADMIN,
        name: 'Demo Admin',
        email: 'admin@example.com',
        role,
        verified: true,
        suspended: false,
      }
    : {
        id: null,
        name: 'Anonymous user',
        email: 'invalid@example.com',
        role: 'end-user',
        verified: false,
        suspended: false,
      };
  return json(200, {
    user: {
      ...user,
      url: `${baseUrl}/api/v2/users/me.json`,
      active: known,
      time_zone: 'UTC',
      locale: 'en-US',
      organization_id: null,
    },
  });
}
