/** One sample in a process of its own: `node cell.ts <item> <target> <seconds> <dir>`. Its last line is the result as JSON. */
import { items } from './items/index.ts'
import { targetOf } from './servers/index.ts'
import { targetKeys } from './target.ts'

const [itemKey, wanted, seconds, dir] = process.argv.slice(2)
const item = items.find(({ key }) => key === itemKey)
const key = targetKeys.find((each) => each === wanted)
if (!item || !key || !seconds || !dir) throw new Error(`no such cell: ${process.argv.slice(2).join(' ')}`)

const versions = new Set<string>()
const figures = await item.sample({
  target: targetOf(key),
  dir,
  seconds: Number(seconds),
  ran: (version) => void versions.add(version),
})
// What a target does not have (nothing stored, no answer to a direct message) is left out.
const finite = Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)))
console.log(JSON.stringify({ figures: finite, version: [...versions].join(', ') }))
process.exit(0)
