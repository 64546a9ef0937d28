const ID = String.raw`[\w.:-]{1,80}`;
const WHOLE = new RegExp(`^${ID}$`);
const NAMED = new RegExp(`, request ${ID}`);

/** Names a request of Zendesk's within a message, for its support; empty where there is no usable id. */
export function nameRequest(id: string): string {
  return WHOLE.test(id) ? `, request ${id}` : '';
}

/** A message without that, so that equal problems read alike. */
export function withoutRequest(message: string): string {
  return message.replace(NAMED, '');
}
