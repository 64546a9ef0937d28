import { goExecutable } from './goExecutable';

/**
 * The `temporal` command: from the PATH, from this project's cache, or built by Go into that cache.
 * @param say told what takes long
 * @returns undefined when only a download is left
 */
export function temporalExecutable(say: (text: string) => void): string | undefined {
  return goExecutable(
    {
      command: 'temporal',
      // The newest CLI that `go install` can build; it brings Server 1.29 and the Web UI 2.42.
      version: '1.5.1',
      module: 'github.com/temporalio/cli/cmd/temporal',
      building: 'Building the Temporal CLI with Go, about three minutes',
    },
    say,
  );
}
