export { type Ask, ask, askPassword, readPassword } from './ask.ts'
export { formatBytes, parseBytes } from './bytes.ts'
export { parseDuration } from './duration.ts'
export { parseMoment } from './moment.ts'
