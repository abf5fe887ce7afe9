/** What a file is to somebody who looks at it. */
export type Kind = 'image' | 'video' | 'audio' | 'text' | 'pdf' | 'archive' | 'other'

const EXTENSIONS: Readonly<Record<Exclude<Kind, 'other'>, string>> = {
  image: 'avif bmp gif ico jfif jpeg jpg png webp',
  video: 'm4v mkv mov mp4 ogv webm',
  audio: 'aac flac m4a mp3 oga ogg opus wav weba',
  text: 'bat c cfg conf cpp cs css csv diff go h htm html ini java js json jsx kt log lua md mjs patch php pl ps1 py rb rs sh sql srt svg toml ts tsv tsx txt vtt xml yaml yml',
  pdf: 'pdf',
  archive: '7z bz2 gz rar tar tgz xz zip zst',
}

const KINDS = new Map(
  Object.entries(EXTENSIONS).flatMap(([kind, names]) =>
    names.split(' ').map((name): [string, Kind] => [name, kind as Kind]),
  ),
)

/** Tells by the name alone, as the server does. */
export function kindOf(name: string): Kind {
  const [, extension = ''] = /\.([^.]+)$/.exec(name) ?? []
  return KINDS.get(extension.toLowerCase()) ?? 'other'
}

/** Whether the page can show a file of this kind. */
export function isViewable(kind: Kind): boolean {
  return kind !== 'archive' && kind !== 'other' && kind !== 'pdf'
}
