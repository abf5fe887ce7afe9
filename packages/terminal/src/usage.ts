import { TransferError } from '@ftp/protocol'

/** Whether the output is for a program, as far as that can be told from arguments that may be wrong. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? undefined : end).includes('--json')
}

/** What the parser of the command line found wrong, as a failure. @param message several lines, for people */
export function usageFailure({ message }: { readonly message: string }): TransferError {
  return new TransferError('usage', message.replace(/^error: /, '').replaceAll('\n', ' '))
}
