/*
 * Installs what this checkout needs, unless it has been: the scripts of package.json begin with this, whether pnpm or npm
 * runs them. In old syntax on purpose: any Node.js that the machine has must get through it. What follows runs on the
 * Node.js that is installed here.
 */
var childProcess = require('child_process')
var crypto = require('crypto')
var fs = require('fs')
var path = require('path')

/** The version that the documentation names. */
var PNPM = 'pnpm@12.21.0'
/** The oldest Node.js that npm and pnpm are at home on. */
var OLDEST = 20
var ROOT = path.join(__dirname, '..')
/** Names the state of the sources that the installed packages, the compiled hash function and the page belong to. */
var INSTALLED = path.join(ROOT, 'node_modules', '.installed')
/** There while something is installed; holds the number of the process. */
var LOCK = path.join(ROOT, '.installing')
var LOOK_AGAIN_MS = 200

if (!isInstalled()) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST)
    fail('ftp needs Node.js ' + OLDEST + ' or newer to install itself; this is ' + process.versions.node)
  lock()
  // Another process may have installed it in the meantime.
  if (!isInstalled()) install()
}

function isInstalled() {
  return fs.existsSync(INSTALLED) && fs.readFileSync(INSTALLED, 'utf8') === wanted()
}

/** A hash of everything that an installation depends on. */
function wanted() {
  var names = ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].concat(
    filesBelow(path.join('packages', 'md5', 'assembly')),
    filesBelow(path.join('packages', 'md5', 'src')),
    filesBelow(path.join('apps', 'web', 'src')),
    [path.join('apps', 'web', 'index.html'), path.join('apps', 'web', 'vite.config.ts')],
  )
  var hash = crypto.createHash('sha256')
  names.forEach(function (name) {
    var bytes = fs.readFileSync(path.join(ROOT, name))
    hash.update(name + ' ' + bytes.length + '\n').update(bytes)
  })
  return hash.digest('hex')
}

/**
 * The sources below a folder, in a fixed order: not what was compiled from them, and not the tests.
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  var sorted = fs.readdirSync(path.join(ROOT, folder)).sort()
  return sorted.reduce(
    function (names, last) {
      var name = path.join(folder, last)
      if (fs.statSync(path.join(ROOT, name)).isDirectory()) return names.concat(filesBelow(name))
      return /\.(wasm|test\.ts)$/.test(name) ? names : names.concat(name)
    },
    /** @type {string[]} */ ([]),
  )
}

/** Waits until no other process installs anything here; none does then before this one has ended. */
function lock() {
  for (;;) {
    try {
      fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
      process.on('exit', unlock)
      return
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') fail('The installation cannot begin: ' + error)
    }
    if (isAbandoned()) unlock()
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS)
  }
}

function unlock() {
  fs.rmSync(LOCK, { force: true })
}

/** Whether the process that holds the lock was killed. */
function isAbandoned() {
  try {
    process.kill(Number(fs.readFileSync(LOCK, 'utf8')), 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function install() {
  console.error('Installing what is missing; the first time this takes about half a minute.')
  // What a command prints on standard output is its own.
  var result = childProcess.spawnSync(pnpm() + ' install', [], {
    cwd: ROOT,
    shell: true,
    stdio: ['ignore', 2, 2],
  })
  if (result.status !== 0)
    fail('The installation has failed, for the reason above; the same command tries again.')
  fs.writeFileSync(INSTALLED, wanted())
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
