/** What a command wrote, without its warning where the tests run on a Node that is past its end. */
export function withoutNodeNotice(text: string): string {
  return text.replace(/^Node \d+ is past its end .*\n/m, '');
}
