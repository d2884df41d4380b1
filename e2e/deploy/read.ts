import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { deploy } from './proxies.ts'

/* The files of deploy/ as data. */

export const root = path.dirname(deploy)
export const textOf = (file: string): string => readFileSync(path.join(deploy, file), 'utf8')

export type Service = {
  image?: string
  build?: { context: string; dockerfile: string }
  environment?: Record<string, string>
  command?: string[]
  ports?: string[]
  volumes?: string[]
  networks?: string[] | Record<string, { ipv4_address: string }>
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
  restart?: string
  read_only?: boolean
  cap_drop?: string[]
}
type Network = { internal?: boolean; ipam?: { config: { subnet: string; gateway: string }[] } } | null
export type Compose = { services: Record<string, Service>; networks: Record<string, Network>; volumes?: object }

export const composeFiles = ['compose.yaml', 'compose.scale.yaml', 'compose.mongo.yaml'] as const

export const composeOf = (file: string): Compose => parse(textOf(file), { merge: true }) as Compose

export type Instruction = { name: string; rest: string }

/** The instructions of a Dockerfile, stage by stage, a continued line as one. */
export function stagesOf(text: string): Instruction[][] {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const stages: Instruction[][] = []
  for (const line of lines) {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? []
    if (name === 'FROM') stages.push([])
    stages.at(-1)?.push({ name, rest: rest.replace(/\s+/g, ' ') })
  }
  return stages
}

/** Names and values as `example.env` has them. */
export function envFileOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

/** Puts values in the places that compose fills in: `${NAME}`, `${NAME:-other}`, `${NAME:?why}`, and `$$` for `$`. */
export function filledIn(text: string, values: Record<string, string>): string {
  return text
    .replace(/(?<!\$)\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_all, name: string, other?: string) => {
      const value = values[name] || other
      if (value === undefined) throw new Error(`${name} has no value`)
      return value
    })
    .replaceAll('$$', '$')
}
