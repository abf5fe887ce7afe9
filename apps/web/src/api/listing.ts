import { type Entry, parseEntry } from './entry.ts'
import { type Path, urlOf } from './path.ts'
import { request } from './request.ts'

/** Asks for the listing of a folder. @throws ApiError */
export async function requestListing(path: Path, signal: AbortSignal, base?: string): Promise<Response> {
  return await request(urlOf(path, true, base), { headers: { Accept: 'application/json' }, signal })
}

/**
 * Lists a folder while the server reads it. The answer has a line for each entry, so that nothing waits for its end.
 * @returns batches of entries, as they arrive
 * @throws ApiError
 */
export async function* listFolder(
  path: Path,
  signal: AbortSignal,
  base?: string,
): AsyncGenerator<readonly Entry[]> {
  yield* entriesIn(await requestListing(path, signal, base))
}

/** The entries of a listing, in batches, as they arrive. */
export async function* entriesIn({ body }: Response): AsyncGenerator<readonly Entry[]> {
  if (body === null) return
  let rest = ''
  for await (const text of chunksOf(body.pipeThrough(new TextDecoderStream()))) {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    yield lines.map(entryOfLine).filter((entry) => entry !== undefined)
  }
}

/** Not every browser can iterate over a stream. */
async function* chunksOf(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}

/** @returns undefined for the first and the last line, which hold no entry */
function entryOfLine(line: string): Entry | undefined {
  if (!line.startsWith('{"name"')) return undefined
  return parseEntry(JSON.parse(line.replace(/,$/, '')))
}
