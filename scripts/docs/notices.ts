import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { idOf, lockedEntries, productionPackages, type Package } from '../supply/packages.ts'
import { made } from './markdown.ts'
import { root } from './root.ts'

/** Licences that may come with what we ship. Another one needs a decision first. */
export const allowedLicences: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Unlicense',
])

/** Tools of which some lines end up in what the browser loads: the base styles, and what loads the parts. */
const builtIn = ['tailwindcss', 'vite']

/** Node brings its own notices, of a hundred and more parts, beside its binary. */
const isNode = ({ name }: Package): boolean => /^node-(?:bin-)?(?:darwin|linux|win)-/.test(name)

type Notice = { id: string; licence: string; owners: string[]; text: string }

/** `THIRD-PARTY-NOTICES.md`: what of others is in what we ship, whose it is, and each licence once in full. */
export function notices(): string {
  const packages = [...productionPackages(), ...built()]
  const refused = packages.filter(({ licence }) => !allowedLicences.has(licence))
  if (refused.length > 0)
    throw new Error(
      `licences that nobody has allowed: ${refused.map((each) => `${idOf(each)} ${each.licence}`).join(', ')}`,
    )
  const node = packages.find(isNode)
  const groups = grouped(packages.filter((each) => !isNode(each)).map(noticeOf))
  return `${made}

# Third-party notices

Connectly stands on the work of many others. ${packages.length - packages.filter(isNode).length + 1} packages run on the server or come to the browser with it, each
under the licence below. Connectly itself is under the MIT licence.

## Node.js

${node ? `Node.js ${node.version}, under the MIT licence. It comes with the notices of its own parts: the file LICENSE beside its binary, in its package.` : ''}

${groups.map(section).join('\n\n')}
`
}

function section([first, ...more]: readonly [Notice, ...Notice[]]): string {
  const all = [first, ...more]
  return `## ${first.licence}: ${more.length === 0 ? first.id : `${all.length} packages`}

${all.map(({ id, owners }) => `- **${id}**${owners.length > 0 ? `: ${owners.join('; ')}` : ''}`).join('\n')}

\`\`\`text
${first.text}
\`\`\``
}

/** Notices of the same text together, the largest group first. */
function grouped(all: readonly Notice[]): (readonly [Notice, ...Notice[]])[] {
  const groups = new Map<string, [Notice, ...Notice[]]>()
  for (const notice of all) {
    const key = `${notice.licence} ${notice.text.toLowerCase().replace(/[^a-z0-9]+/g, '')}`
    const group = groups.get(key)
    if (group) group.push(notice)
    else groups.set(key, [notice])
  }
  return [...groups.values()].toSorted((a, b) => b.length - a.length || (a[0].id < b[0].id ? -1 : 1))
}

function built(): Package[] {
  const entries = lockedEntries()
  return builtIn.map((name) => {
    const place = `node_modules/${name}`
    const { version = '', license = '', integrity = null } = entries[place] ?? {}
    return { name, version, licence: license, integrity, isOptional: false, places: [place], needs: [] }
  })
}

const title = /^[#\s]*\(?(?:the )?(?:mit|isc|bsd [23]-clause)(?: licen[cs]e)?(?: \(\w+\))?\)?:?\s*$/i
const owner = /^\W*copyright\b.*(?:\(c\)|©|\b\d{4}\b)/i

/** What a package says about itself, with whose it is taken out of the text, so that equal texts are equal. */
function noticeOf(each: Package): Notice {
  const place = each.places.find((at) => existsSync(path.join(root, at)))
  const file =
    place &&
    readdirSync(path.join(root, place))
      .toSorted()
      .find((name) => /^licen[cs]e/i.test(name))
  const { id, licence } = { id: idOf(each), licence: each.licence }
  if (!place || !file) return { id, licence, owners: authorOf(place), text: standardText(licence) }
  const lines = readFileSync(path.join(root, place, file), 'utf8')
    .replaceAll('\r', '')
    .split('\n')
  // Of a long file that lists the licences of others too, the part about the package itself.
  const end = lines.findIndex((line) => /^# (?:Licenses of bundled|Bundled)/i.test(line))
  const own = end < 0 ? lines : lines.slice(0, end)
  const isOwner = (line: string) => owner.test(line)
  const text = own
    .filter((line) => !isOwner(line) && !title.test(line))
    .join('\n')
    .replaceAll('```', "'''")
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return { id, licence, owners: own.filter(isOwner).map((line) => line.trim().replace(/^[*\s]+/, '')), text }
}

/** Where a package has no such file: who its manifest says wrote it. */
function authorOf(place: string | undefined): string[] {
  if (!place) return []
  type Person = string | { name: string }
  const { author } = JSON.parse(readFileSync(path.join(root, place, 'package.json'), 'utf8')) as { author?: Person }
  const name = typeof author === 'string' ? author.replace(/\s*[<(].*$/, '') : author?.name
  return name ? [`Copyright (c) ${name}`] : []
}

/** The text that a licence's name stands for. */
function standardText(licence: string): string {
  const file = path.join(import.meta.dirname, 'licences', `${licence}.txt`)
  if (!existsSync(file)) throw new Error(`scripts/docs/licences/${licence}.txt is missing: a package has no text of it`)
  return readFileSync(file, 'utf8').trim()
}
