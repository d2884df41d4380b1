import * as accounts from './accounts.ts'
import * as admins from './admins.ts'
import * as blocks from './blocks.ts'
import type { EventType, Method, Signal } from './define.ts'
import * as emails from './emails.ts'
import * as factors from './factors.ts'
import * as guests from './guests.ts'
import * as marks from './marks.ts'
import * as messages from './messages.ts'
import * as moderation from './moderation.ts'
import * as mydata from './mydata.ts'
import * as presence from './presence.ts'
import * as providers from './providers.ts'
import * as registration from './registration.ts'
import * as requests from './requests.ts'
import * as rooms from './rooms.ts'
import * as sync from './sync.ts'

export * from './accounts.ts'
export * from './admins.ts'
export * from './answer.ts'
export * from './blocks.ts'
export * from './body.ts'
export * from './define.ts'
export * from './emails.ts'
export * from './factors.ts'
export * from './guests.ts'
export * from './ids.ts'
export * from './marks.ts'
export * from './messages.ts'
export * from './moderation.ts'
export * from './mydata.ts'
export * from './paths.ts'
export * from './presence.ts'
export * from './providers.ts'
export * from './registration.ts'
export * from './requests.ts'
export * from './rights.ts'
export * from './rooms.ts'
export * from './sync.ts'
export * from './text.ts'

type Definition = Method | EventType | Signal

const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  ['method', 'event', 'signal'].includes(String(value.type)) &&
  'means' in value

const definitions = [
  accounts,
  admins,
  blocks,
  emails,
  factors,
  guests,
  marks,
  messages,
  moderation,
  mydata,
  presence,
  providers,
  registration,
  requests,
  rooms,
  sync,
].flatMap((module) => Object.values<unknown>(module).filter(isDefinition))

/** Everything that may be said on the wire, by name. The doors, the access matrix and the documents are made from it. */
export const registry = {
  methods: named(definitions.filter((each): each is Method => each.type === 'method')),
  events: named(definitions.filter((each): each is EventType => each.type === 'event')),
  signals: named(definitions.filter((each): each is Signal => each.type === 'signal')),
}

function named<T extends { name: string }>(list: T[]): ReadonlyMap<string, T> {
  const byName = new Map(list.map((each) => [each.name, each]))
  if (byName.size !== list.length) throw new Error('two definitions share a name')
  return byName
}
