import type { Entry } from '../../api/entry.ts'
import { kindOf } from '../../preview/kind.ts'
import type { IconName } from '../common/icon.tsx'

const ICONS = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  text: 'text',
  pdf: 'text',
  archive: 'zip',
  other: 'file',
} as const

export function iconOf({ name, type }: Entry): IconName {
  return type === 'folder' ? 'folder' : ICONS[kindOf(name)]
}
