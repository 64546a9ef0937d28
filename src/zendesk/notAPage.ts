/** Thrown when a body is JSON but no page. */
export class NotAPage extends Error {
  override readonly name = 'NotAPage';
}
