import { MongoClient, type MongoOptions } from 'mongodb'
import { StoreUnusable } from '../store.ts'

/** Where the database is. `hosts` may be shown to people; `uri` has the password in it and may not. */
export type Address = {
  uri: string
  database: string
  hosts: string
  replicaSet: string | undefined
  /** Takes the password out of a text that a driver or a server has written. */
  scrub: (text: string) => string
}

const DEFAULT_DATABASE = 'connectly'

/**
 * Reads a connection string. Throws `StoreUnusable` where it cannot be read, or where it asks for less than the promise
 * that what was acknowledged is kept.
 */
export function readAddress(uri: string): Address {
  const options = parse(uri)
  refuseWeak(options)
  const path = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]*)/.exec(uri)?.[1] ?? ''
  const database = decodeURIComponent(path) || DEFAULT_DATABASE
  if (database.length > 63 || /[/\\. "$*<>:|?\0]/.test(database))
    throw unreadable(`"${database}" cannot be the name of a database`)
  return {
    uri,
    database,
    hosts: options.srvHost ?? options.hosts.map(String).join(', '),
    replicaSet: options.replicaSet,
    scrub: (text) => scrub(text, uri, options.credentials?.password),
  }
}

function parse(uri: string): MongoOptions & { srvHost?: string } {
  try {
    return new MongoClient(uri).options
  } catch (error) {
    throw unreadable(scrub((error as Error).message, uri, passwordIn(uri)))
  }
}

const unreadable = (why: string) =>
  new StoreUnusable(
    `MONGODB_URI cannot be read: ${why.replace(/\.$/, '')}. It looks like mongodb://NAME:PASSWORD@HOST:27017/${DEFAULT_DATABASE}?replicaSet=rs0; in the name and the password, write % as %25, @ as %40, : as %3A and / as %2F.`,
  )

const passwordIn = (uri: string) => /^[^:]*:\/\/[^:@]*:(.*)@/.exec(uri)?.[1]

function scrub(text: string, uri: string, password: string | undefined): string {
  const secrets = [uri, passwordIn(uri), password, password && encodeURIComponent(password)]
  let clean = text
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, '***')
  return clean.replaceAll(/:\/\/[^/@\s]*@/g, '://***@').replaceAll(/\s+/g, ' ')
}

/** What would weaken a promise is refused and not overruled, so that nobody believes it holds. */
function refuseWeak(options: MongoOptions): void {
  const { writeConcern, readConcern, readPreference } = options
  const weak = (setting: string, why: string) =>
    new StoreUnusable(
      `MONGODB_URI says ${setting}: ${why}. Leave it out; Connectly asks for what it needs (w=majority with the journal, reads of the majority from the primary, retries).`,
    )
  if (writeConcern?.w !== undefined && writeConcern.w !== 'majority')
    throw weak(`w=${writeConcern.w}`, 'what was acknowledged could be lost when a server fails')
  if (writeConcern?.journal === false)
    throw weak('journal=false', 'what was acknowledged could be lost when the power goes')
  if (readPreference?.mode && readPreference.mode !== 'primary')
    throw weak(`readPreference=${readPreference.mode}`, 'a secondary may not know yet what was acknowledged')
  if (readConcern?.level === 'local' || readConcern?.level === 'available')
    throw weak(`readConcernLevel=${readConcern.level}`, 'it reads what may yet be undone')
  if (options.retryWrites === false) throw weak('retryWrites=false', 'a change of primary would be an error to people')
  if (options.retryReads === false) throw weak('retryReads=false', 'a change of primary would be an error to people')
  if (options.loadBalanced) throw weak('loadBalanced=true', 'a replica set is needed, and named by its members')
}
