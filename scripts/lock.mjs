// Completes package-lock.json after `npm install`: `npm run lock`.
//
// npm leaves out of the lockfile what the registry in use could not give it, such as a tool's builds for other
// platforms when a mirror holds only this one's. `npm ci` then refuses that lockfile everywhere, this machine
// included. The missing entries are written here from what the tools themselves declare. They carry no integrity,
// since nobody saw the file; a platform that needs one takes what its registry gives for that exact version.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url))

/** The optional packages that locked packages ask for and the lockfile does not hold, as entries to add to it. */
export function missingFrom(lock) {
  const missing = {}
  for (const [place, { optionalDependencies = {}, dev, devOptional }] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      if (holders(place).some((holder) => `${holder}node_modules/${name}` in lock.packages)) continue
      const { cpu, libc, os } = platformOf(name)
      const version = range.replace(/^[~^=v]+/, '')
      // In npm's own order of keys, so that its next install changes nothing.
      missing[`node_modules/${name}`] = { version, cpu, dev: dev || devOptional, libc, optional: true, os }
    }
  }
  return missing
}

/** Where Node would look for a package from here: the folder itself, then each one above it. */
function holders(place) {
  const steps = place === '' ? [] : place.split('/')
  return [...steps.keys(), steps.length].reverse().map((depth) =>
    steps
      .slice(0, depth)
      .map((step) => `${step}/`)
      .join(''),
  )
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32']

/** `@tool/binding-linux-arm-musleabihf` runs on linux, arm, musl: what keeps npm from fetching it elsewhere. */
function platformOf(name) {
  const words = name.split(/[/-]/)
  const os = systems.find((system) => words.includes(system))
  const cpu = processors.find((processor) => words.includes(processor))
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc'
  const named = os === 'linux' && words.some((word) => /^(gnu|musl)/.test(word))
  return { os: os && [os], cpu: cpu && [cpu], libc: named ? [libc] : undefined }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingFrom(lock)
  const packages = Object.entries({ ...lock.packages, ...missing }).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`)
  console.log(`package-lock.json: ${Object.keys(missing).length} entries added`)
}
