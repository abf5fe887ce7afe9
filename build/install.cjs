/*
 * Installs what this checkout needs, unless it has been: the scripts of package.json begin with this, whether pnpm or npm
 * runs them. In old syntax on purpose: any Node.js that the machine has must get through it. What follows runs on the
 * Node.js that is installed here.
 */
var childProcess = require('child_process')
var fs = require('fs')
var path = require('path')

/** The version that the documentation names. */
var PNPM = 'pnpm@12.21.0'
/** The oldest Node.js that npm and pnpm are at home on. */
var OLDEST = 20
var ROOT = path.join(__dirname, '..')
/** A copy of the lockfile whose packages are all installed. */
var INSTALLED = path.join(ROOT, 'node_modules', '.installed-lockfile')

var wanted = fs.readFileSync(path.join(ROOT, 'pnpm-lock.yaml'), 'utf8')
if (!fs.existsSync(INSTALLED) || fs.readFileSync(INSTALLED, 'utf8') !== wanted) install()

function install() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST)
    fail('ftp needs Node.js ' + OLDEST + ' or newer to install itself; this is ' + process.versions.node)
  console.error('Installing what is missing; the first time this takes about half a minute.')
  // What a command prints on standard output is its own.
  var result = childProcess.spawnSync(pnpm() + ' install', [], {
    cwd: ROOT,
    shell: true,
    stdio: ['ignore', 2, 2],
  })
  if (result.status !== 0)
    fail('The installation has failed, for the reason above; the same command tries again.')
  fs.writeFileSync(INSTALLED, wanted)
}

/** The pnpm that runs this script, or else the one that npm fetches without a question. */
function pnpm() {
  return /^pnpm\//.test(process.env.npm_config_user_agent || '') ? 'pnpm' : 'npx --yes ' + PNPM
}

/** @param {string} reason */
function fail(reason) {
  console.error(reason)
  process.exit(1)
}
