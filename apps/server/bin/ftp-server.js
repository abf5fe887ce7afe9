#!/usr/bin/env node
// In old syntax on purpose: an old Node.js must get as far as this sentence.
var version = process.versions.node.split('.').map(Number)
var isNewEnough =
  version[0] > 26 || (version[0] === 26 && version[1] >= 6) || (version[0] === 24 && version[1] >= 20)
if (isNewEnough) {
  import('../dist/main.js')
} else {
  console.error(
    'ftp-server: this needs Node.js 24.20 or newer, or 26.6 or newer; this is ' + process.versions.node,
  )
  process.exitCode = 2
}
