import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.ts'

/** The doc comment over an exported constant, as one line, or an empty text. */
export function commentOn(file: string, name: string): string {
  const found = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\n(?:export )?const ${name}\\b`).exec(source(file))
  return found?.[1] ? oneLine(found[1]) : ''
}

/** The whole number a constant is declared with, whether it is exported or not. Fails when it is gone. */
export function numberIn(file: string, name: string): number {
  const found = new RegExp(`const ${name} = ([\\d_]+)\\n`).exec(source(file))?.[1]
  if (!found) throw new Error(`${file} declares no number ${name} any more`)
  return Number(found.replaceAll('_', ''))
}

const files = new Map<string, string>()

function source(file: string): string {
  let text = files.get(file)
  if (text === undefined) files.set(file, (text = readFileSync(path.join(root, file), 'utf8')))
  return text
}

function oneLine(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .filter(Boolean)
    .join(' ')
}
