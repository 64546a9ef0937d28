/**
 * The words of a failure for an export that it has ended: there is nothing left to resume or to reset.
 * @param message written for one that holds its place, such as `Check them, then resume.`
 */
export function finalWords(message: string): string {
  return message
    .replace(/,? or send resetCursor\b[^.]*/g, '')
    .replace(/\bSend resetCursor with a startTime\b/g, 'Start the export again with a startTime')
    .replace(/\bResume( to ask again)?\b/g, 'Start the export again')
    .replace(/\bresume\b/g, 'start the export again');
}
