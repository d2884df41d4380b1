import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../docs/root.ts'

/** One entry of `package-lock.json`, as far as it is read here. */
export type Locked = {
  name?: string
  version?: string
  license?: string
  integrity?: string
  resolved?: string
  link?: boolean
  dev?: boolean
  devOptional?: boolean
  optional?: boolean
  hasInstallScript?: boolean
  os?: string[]
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** A package as it is locked: what it is, where its copies lie, and what it asks for. */
export type Package = {
  name: string
  version: string
  licence: string
  /** `sha512-…` in base64, as npm writes it. */
  integrity: string | null
  /** Not installed everywhere: made for one system, or missed by nobody. */
  isOptional: boolean
  places: string[]
  /** Names with versions of the packages it stands on. */
  needs: string[]
}

/** Workspaces whose dependencies run on the server or in the browser; the others are for tests and measuring. */
const shipping = ['', 'protocol', 'server', 'web']

/** Every entry of the lockfile by the place it is installed at. */
export function lockedEntries(): Record<string, Locked> {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>
  }
  return lock.packages
}

/** What runs in production: everything the shipping workspaces stand on, Node itself included, by name and version. */
export function productionPackages(entries: Record<string, Locked> = lockedEntries()): Package[] {
  const found = new Map<string, Package>()
  const seen = new Set<string>()
  const visit = (place: string): string | undefined => {
    const entry = entries[place]
    if (entry?.link) return visit(entry.resolved ?? '')
    if (!entry || !place.includes('node_modules/')) return undefined
    const known = packageAt(place, entry)
    const id = idOf(known)
    const one = found.get(id) ?? known
    found.set(id, one)
    if (!one.places.includes(place)) one.places.push(place)
    if (seen.has(place)) return id
    seen.add(place)
    const needs = neededBy(entries, place, entry).flatMap((at) => visit(at) ?? [])
    one.needs = [...new Set([...one.needs, ...needs])].toSorted()
    return id
  }
  for (const workspace of shipping)
    for (const place of neededBy(entries, workspace, entries[workspace] ?? {})) visit(place)
  return [...found.values()].toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
}

/** `name@version`. */
export const idOf = ({ name, version }: { name: string; version: string }): string => `${name}@${version}`

/** The name of the package that is installed at a place. */
export const nameAt = (place: string): string =>
  place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)

function packageAt(place: string, entry: Locked): Package {
  return {
    name: entry.name ?? nameAt(place),
    version: entry.version ?? '',
    licence: entry.license ?? licenceInstalled(place),
    integrity: entry.integrity ?? null,
    isOptional: entry.optional ?? false,
    places: [],
    needs: [],
  }
}

/** Old packages list their licences in a form that npm does not lock. */
function licenceInstalled(place: string): string {
  const manifest = JSON.parse(readFileSync(path.join(root, place, 'package.json'), 'utf8')) as {
    licenses?: { type: string }[]
  }
  return manifest.licenses?.map(({ type }) => type).join(' OR ') ?? ''
}

function neededBy(entries: Record<string, Locked>, place: string, entry: Locked): string[] {
  const peers = Object.keys(entry.peerDependencies ?? {}).filter(
    (name) => !entry.peerDependenciesMeta?.[name]?.optional,
  )
  const names = [...Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }), ...peers]
  return names.flatMap((name) => resolved(entries, place, name) ?? [])
}

/** Where Node would find a package from here: in the folder itself, then in each one above it. */
function resolved(entries: Record<string, Locked>, place: string, name: string): string | undefined {
  for (let at = place; ; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') {
    const candidate = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (candidate in entries) return candidate
    if (at === '') return undefined
  }
}
