import { arrayOf, numberOf, recordOf, textOf } from '../../api/parse.ts'
import { formatPath, type Path } from '../../api/path.ts'
import { request, requestJson } from '../../api/request.ts'

/** An upload that an earlier page, or another program, has begun. */
export interface UnfinishedUpload {
  /** The URL at which it continues. */
  readonly url: string
  readonly path: string
  /** How many bytes the server has; it proves them when the upload is continued. */
  readonly size: number
  /** The size of the whole file in bytes. */
  readonly length: number | undefined
  /** Whether somebody is sending it now. */
  readonly isRunning: boolean
}

/** The unfinished uploads of the account that a page can continue. @throws ApiError */
export async function readUnfinished(): Promise<readonly UnfinishedUpload[]> {
  return await requestJson('/uploads', parseUnfinished)
}

/**
 * An unfinished upload that a guest has begun.
 * @param url at which it continues
 * @throws ApiError with status 404 if it has ended
 */
export async function readBegun(url: string): Promise<UnfinishedUpload> {
  return await requestJson(`${url}?about`, (value) => parseUpload(url, value))
}

/** Removes what the server has of it. @throws ApiError */
export async function discardUnfinished({ url }: UnfinishedUpload): Promise<void> {
  await request(url, { method: 'DELETE' })
}

export function parseUnfinished(value: unknown): readonly UnfinishedUpload[] {
  return arrayOf(recordOf(value)['uploads']).flatMap((upload) => {
    const url = textOf(recordOf(upload)['url'])
    return url === '' ? [] : [parseUpload(url, upload)]
  })
}

function parseUpload(url: string, value: unknown): UnfinishedUpload {
  const { path, size, length, running } = recordOf(value)
  return {
    url,
    path: textOf(path),
    size: numberOf(size) ?? 0,
    length: numberOf(length),
    isRunning: running === true,
  }
}

/**
 * The upload that a file with this path may continue. If there are several, one that nobody is sending, with the most
 * bytes.
 */
export function findUnfinished(
  uploads: readonly UnfinishedUpload[],
  path: Path,
): UnfinishedUpload | undefined {
  const wanted = formatPath(path)
  return uploads
    .filter((upload) => upload.path === wanted)
    .toSorted((one, other) => Number(one.isRunning) - Number(other.isRunning) || other.size - one.size)[0]
}
