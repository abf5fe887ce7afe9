/** Outlines in a square of 24 by 24, drawn with a line of 1.75. */
const OUTLINES = {
  app: 'M3 7a2 2 0 0 1 2-2h4.5l2 2H19a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM12 16.5v-5m-2.5 2 2.5-2.5 2.5 2.5',
  audio: 'M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0m10-2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0',
  back: 'M19 12H5m6-6-6 6 6 6',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1M5 15V5a1 1 0 0 1 1-1h9',
  down: 'm6 9 6 6 6-6',
  download: 'M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19h14',
  file: 'M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm8 0v5h5',
  folder: 'M3 7a2 2 0 0 1 2-2h4.5l2 2H19a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z',
  grid: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  help: 'M9.2 9a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1.1-1.4 2.1m0 3.3v.100M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  home: 'm4 11 8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z',
  image:
    'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zm-1 12 4.5-4.5 4 4L15 13l5 5M15.5 8.5v.1',
  info: 'M12 11v6m0-10v.100M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  link: 'M10 14a4 4 0 0 0 6 .400l3-3a4 4 0 0 0-5.7-5.7L12 7m2 3a4 4 0 0 0-6-.400l-3 3a4 4 0 0 0 5.7 5.7L12 17',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6v.100M4.5 12v.100M4.5 18v.1',
  more: 'M12 5.5v.100M12 12v.100M12 18.5v.1',
  move: 'M3 7a2 2 0 0 1 2-2h4.5l2 2H19a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zm6 6.5h6m-2.5-2.5 2.5 2.5-2.5 2.5',
  newFolder: 'M3 7a2 2 0 0 1 2-2h4.5l2 2H19a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zm9 4v5m-2.5-2.5h5',
  next: 'm9 6 6 6-6 6',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  play: 'M8 5v14l11-7z',
  previous: 'm15 6-6 6 6 6',
  refresh: 'M19 12a7 7 0 1 1-2-5l2 2m0-5v5h-5',
  rename: 'M4 20l.8-4L15.5 5.3a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L8 19.2zM13.5 7.5l3 3',
  search: 'm20 20-4.5-4.5M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0',
  sort: 'M7 5v14m-3-3 3 3 3-3M13 7h7m-7 5h5m-5 5h3',
  text: 'M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm8 0v5h5M8.5 12.5h7m-7 3.5h5',
  trash: 'M4 7h16M9.5 7V4.5h5V7M6 7l1 13h10l1-13M10 11v5.5m4-5.5v5.5',
  up: 'm6 15 6-6 6 6',
  upload: 'M12 16V5M7.5 9.5 12 5l4.5 4.5M5 19h14',
  user: 'M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0M4 20.5c.8-3.7 4-5.5 8-5.5s7.2 1.8 8 5.5',
  video: 'M4 6h11a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zm12 7 5 3V8l-5 3',
  zip: 'M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm8 0v5h5M9.5 4v1.5M11 7v1.5M9.5 10v1.5M11 13v1.5M9.5 16v2',
} as const

export type IconName = keyof typeof OUTLINES

/** A small picture beside a text, or inside a button that has a label: it says nothing by itself. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={OUTLINES[name]} />
    </svg>
  )
}
