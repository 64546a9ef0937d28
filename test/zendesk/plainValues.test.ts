import { recordReader } from '../../src/zendesk/recordReader';
import { tickets } from '../../src/streams/tickets';

const isOdd = (members: string): boolean => {
  const read = recordReader(tickets).read(`{"id":1,"generated_timestamp":2,${members}}`);
  return read.kind === 'record' && read.odd === true;
};

test.each([
  '"subject":"x","group_id":null,"tags":["a"],"custom_fields":[]',
  '"group_id":123456789012345678,"follower_ids":[1,2],"email_cc_ids":[],"is_public":true',
  '"created_at":"2024-01-01T00:00:00Z","satisfaction_probability":0.75',
  '"custom_fields":[{"id":1,"value":12.5},{"id":2,"value":"1.50 and 1e5, or so"},{"id":3,"value":-0.001}]',
])('a ticket as they usually are may be read in a hurry: %s', (members) => {
  expect(isOdd(members)).toBe(false);
});

test.each([
  '"id":1',
  '"x":1,"x":2',
  '"group_id":1.5',
  '"group_id":"1"',
  '"group_id":1234567890123456789',
  '"is_public":"yes"',
  '"created_at":"infinity"',
  '"created_at":1700000000',
  '"created_at":"2024-01-01T00:00:00"',
  '"satisfaction_probability":1e400',
  '"follower_ids":[1,2.5]',
  '"follower_ids":{}',
  '"custom_fields":[{"value":1.50}]',
  '"custom_fields":[0.12345678901234567890]',
  '"custom_fields":[1, 1e2]',
  '"via":{"a": 1.0}',
  '"via":1.50',
])('a ticket of which one value is strange is read with care: %s', (members) => {
  expect(isOdd(members)).toBe(true);
});
