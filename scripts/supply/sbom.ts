import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../docs/root.ts'
import { idOf, productionPackages, type Package } from './packages.ts'

type Json = Record<string, unknown>

/**
 * What runs in production, as a CycloneDX 1.6 document. It is made of the lockfile alone and says the same on every
 * machine, which npm's own does not: that one lists what happens to be installed, and is another document each time.
 */
export function softwareBill(packages: readonly Package[] = productionPackages()): Json {
  const own = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string; license: string }
  const self = `pkg:npm/connectly@${own.version}`
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(packages)}`,
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'pre-build' }],
      component: {
        type: 'application',
        'bom-ref': self,
        name: 'connectly',
        version: own.version,
        licenses: licences(own.license),
        purl: self,
      },
    },
    components: packages.map(component),
    dependencies: [
      { ref: self, dependsOn: packages.map(purl) },
      ...packages.map((each) => ({ ref: purl(each), dependsOn: each.needs.map(purlOfId) })),
    ],
  }
}

function component(each: Package): Json {
  const [scope, bare] = each.name.startsWith('@') ? each.name.split('/') : [undefined, each.name]
  return {
    type: 'library',
    'bom-ref': purl(each),
    ...(scope && { group: scope }),
    name: bare,
    version: each.version,
    scope: each.isOptional ? 'optional' : 'required',
    ...(each.integrity && { hashes: [{ alg: 'SHA-512', content: hex(each.integrity) }] }),
    licenses: licences(each.licence),
    purl: purl(each),
  }
}

/** One SPDX id, or an expression of several. */
const licences = (licence: string): Json[] =>
  licence.includes(' ') ? [{ expression: licence }] : [{ license: { id: licence } }]

const purl = (each: Package): string => purlOfId(idOf(each))

const purlOfId = (id: string): string => `pkg:npm/${id.replace(/^@/, '%40')}`

const hex = (integrity: string): string => Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')

/** The same packages, the same id. */
function uuidOf(packages: readonly Package[]): string {
  const bytes = createHash('sha256').update(packages.map(idOf).join('\n')).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const text = bytes.toString('hex')
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}
