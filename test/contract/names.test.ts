import { exportName } from '../../src/contract/names';

test.each([
  ['zendesk-tickets-acme', 'zendesk-tickets-acme'],
  ['zendesk-tickets-acme-2026-11-25T02:00:00Z', 'zendesk-tickets-acme'],
  ['2026-11-25', '2026-11-25'],
])('the export of the workflow %s is %s', (workflowId, name) => {
  expect(exportName(workflowId)).toBe(name);
});
