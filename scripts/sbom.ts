/** Writes the bill of what runs in production: `npm run sbom`, into `sbom.cdx.json`, or where `-- --to FILE` says. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { productionPackages } from './supply/packages.ts'
import { softwareBill } from './supply/sbom.ts'

const { values } = parseArgs({ options: { to: { type: 'string', default: 'sbom.cdx.json' } } })
const packages = productionPackages()
writeFileSync(values.to, `${JSON.stringify(softwareBill(packages), null, 2)}\n`)
console.log(`${values.to}: ${packages.length} packages (CycloneDX 1.6)`)
