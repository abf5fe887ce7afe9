import { readAttributes } from '../wire/attributes.ts'
import { MOST_DATA, MOST_PACKET } from '../wire/codes.ts'
import type { Fields } from '../wire/fields.ts'
import { extendedReply, namesReply, type Reply, statusReply } from '../wire/replies.ts'
import { setstat } from './attributes.ts'
import type { Answer, Context } from './context.ts'
import { copyData } from './copy-data.ts'
import { MOST_HANDLES } from './handles.ts'
import { renameTo } from './names.ts'
import { absolute, toPath } from './paths.ts'
import { statvfs } from './space.ts'

type Extension = (context: Context, fields: Fields, id: number) => Promise<Reply>

/** What OpenSSH's PROTOCOL defines beyond version 3, as far as this server has it, with the version of each. */
const EXTENSIONS: Readonly<Record<string, { readonly version: string; readonly answer: Extension }>> = {
  'posix-rename@openssh.com': {
    version: '1',
    answer: (context, fields, id) =>
      renameTo(context, { from: fields.text(), to: fields.text() }, 'replace', id),
  },
  'statvfs@openssh.com': {
    version: '2',
    answer: (context, fields, id) => statvfs(context, fields.text(), id),
  },
  'fstatvfs@openssh.com': {
    version: '2',
    answer: async (context, fields, id) => {
      context.handles.get(fields.bytes())
      return await statvfs(context, '/', id)
    },
  },
  // Links are never followed, so there is no difference.
  'lsetstat@openssh.com': {
    version: '1',
    answer: (context, fields, id) =>
      setstat(context, { type: 'setstat', path: fields.text(), attributes: readAttributes(fields) }, id),
  },
  'copy-data': { version: '1', answer: copyData },
  'limits@openssh.com': { version: '1', answer: async (_, __, id) => extendedReply(id, LIMITS) },
  'expand-path@openssh.com': { version: '1', answer: async (_, fields, id) => expanded(fields.text(), id) },
  'home-directory': { version: '1', answer: async (_, __, id) => expanded('~', id) },
}

/** The extensions that the server announces. */
export const ANNOUNCED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(EXTENSIONS).map(([name, { version }]) => [name, version]),
)

export const extended: Answer<'extended'> = async (context, { name, fields }, id) => {
  const extension = Object.hasOwn(EXTENSIONS, name) ? EXTENSIONS[name] : undefined
  if (extension === undefined)
    return statusReply(id, 'unsupported', 'this server does not have that extension')
  return await extension.answer(context, fields, id)
}

/** The longest packet, the most bytes to read and to write, and the most handles. */
const LIMITS = Buffer.alloc(32)
for (const [index, value] of [MOST_PACKET, MOST_DATA, MOST_DATA, MOST_HANDLES].entries())
  LIMITS.writeBigUInt64BE(BigInt(value), index * 8)

/** `~` is the home, and so is everybody's: nobody sees another one. */
function expanded(text: string | undefined, id: number): Reply {
  const name = absolute(toPath(text?.replace(/^~[^/]*/, '/')))
  return namesReply(id, [{ name, long: name, entry: undefined }])
}
