import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { root } from './process.mjs'

const skipped = new Set(['node_modules', 'dist', 'data', 'test-results'])

/** The files of a file or folder named from the root, in a steady order. What does not exist has none. */
export function filesIn(place) {
  const full = path.join(root, place)
  if (!existsSync(full)) return []
  if (statSync(full).isFile()) return [place]
  return readdirSync(full)
    .toSorted()
    .filter((name) => !skipped.has(name))
    .flatMap((name) => filesIn(`${place}/${name}`))
}

/** A JSON file named absolutely or from the root; nothing when it is missing or no JSON. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(path.resolve(root, file), 'utf8'))
  } catch {
    return undefined
  }
}
