/*
 * Draws terminal screens, as `tmux capture-pane -p -e` prints them, as one SVG that shows them one after another; who
 * wants no motion sees the last one. Usage: node svg.ts <columns> <screen>… > picture.svg
 */
import fs from 'node:fs'

const [columns = 80, ...files] = process.argv
  .slice(2)
  .map((argument, index) => (index === 0 ? Number(argument) : argument))
const [CELL, LINE, MARGIN, SECONDS] = [8.43, 18, 14, 2.5]
const COLOURS = ['#4d5566', '#f07178', '#7fd962', '#ffb454', '#59c2ff', '#d2a6ff', '#95e6cb', '#c7c7c7']

const screens = files.map((file) => linesOf(fs.readFileSync(String(file), 'utf8')))
const rows = Math.max(...screens.map(({ length }) => length))
const [width, height] = [Math.ceil(Number(columns) * CELL + 2 * MARGIN), rows * LINE + 2 * MARGIN]
const total = screens.length * SECONDS + 1

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>ftp-client in a terminal: a put that is killed, continued and verified, and a get</title>
<style>
text { font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #d9dde4; white-space: pre }
@media (prefers-reduced-motion: no-preference) {
${screens.map((_, index) => frameStyle(index)).join('\n')}
}
@media (prefers-reduced-motion: reduce) { g:not(:last-of-type) { visibility: hidden } }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#12161d"/>
${screens.map((lines, index) => `<g id="s${index}">\n${lines.map(lineText).join('')}</g>`).join('\n')}
</svg>
`)

function linesOf(screen: string): string[] {
  return screen.replace(/\s+$/, '').split('\n')
}

function frameStyle(index: number): string {
  const [from, to] = [index * SECONDS, index === screens.length - 1 ? total : (index + 1) * SECONDS]
  const [start, end] = [from, to].map((seconds) => ((seconds / total) * 100).toFixed(2))
  const hidden = index === 0 ? '' : `0%, ${start}% { visibility: hidden } `
  return `@keyframes f${index} { ${hidden}${start}%, ${end}% { visibility: visible } ${end}%, 100% { visibility: hidden } }
#s${index} { animation: f${index} ${total}s step-end infinite }`
}

/** One line: the text between two escapes has one colour. */
function lineText(line: string, row: number): string {
  let colour = ''
  let column = 0
  const parts = line.split(/(\x1b\[[0-9;]*m)/).map((part) => {
    const codes = /^\x1b\[([0-9;]*)m$/.exec(part)?.[1]
    if (codes === undefined) {
      const x = MARGIN + column * CELL
      column += [...part].length
      return part.trim() === '' ? '' : `<tspan x="${x.toFixed(1)}"${colour}>${escaped(part)}</tspan>`
    }
    for (const code of codes.split(';').map(Number)) {
      if (code === 0 || code === 39) colour = ''
      if (code >= 30 && code <= 37) colour = ` fill="${COLOURS[code - 30]}"`
    }
    return ''
  })
  const text = parts.join('')
  return text === '' ? '' : `<text y="${MARGIN + (row + 1) * LINE - 5}" xml:space="preserve">${text}</text>\n`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
