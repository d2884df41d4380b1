import { MongoCompatibilityError, type TopologyDescription } from 'mongodb'
import type { Address } from './address.ts'
import { SELECTION } from './limits.ts'
import { StoreUnusable } from '../store.ts'

/* What goes wrong when the store is opened, in one line each, for whoever starts the process. */

/** The oldest MongoDB whose behaviour the engine was written for. */
export const OLDEST = '6.0'

/** How a server that stands alone becomes what transactions need. */
export const HOW_TO_REPLICATE =
  'One node is enough: start mongod with --replSet rs0, then run rs.initiate() once in mongosh'

export const tooOld = (address: Address, found: string) =>
  new StoreUnusable(
    `MongoDB at ${address.hosts} (MONGODB_URI) is ${found}; Connectly needs ${OLDEST} or newer. Upgrade the server, or leave MONGODB_URI out to use the built-in store.`,
  )

/** Makes any error of opening one readable line that never shows the password. */
export function mistake(error: unknown, address: Address): StoreUnusable {
  if (error instanceof StoreUnusable) return error
  const chain = chainOf(error)
  const codes = chain.map((each) => (each as { code?: unknown }).code)
  const texts = chain.map((each) => address.scrub(each.message))
  const at = `MongoDB at ${address.hosts} (MONGODB_URI)`
  const says = (text: string) => new StoreUnusable(text)
  const has = (...wanted: unknown[]) => codes.some((code) => wanted.includes(code))
  const tells = (pattern: RegExp) => texts.find((text) => pattern.test(text))

  if (chain.some((each) => each instanceof MongoCompatibilityError)) return tooOld(address, 'too old for its driver')
  if (has(18, 8000) || tells(/authentication failed|bad auth/i))
    return says(
      `${at} refuses the name or the password. Correct them in MONGODB_URI; for a user that was made in another database, such as admin, add authSource=admin.`,
    )
  if (has(13) || tells(/requires authentication|not authorized/i))
    return says(
      `${at} does not let this user work in the database ${address.database}. Put a name and a password into MONGODB_URI, and grant that user the roles readWrite and dbAdmin on ${address.database}.`,
    )
  if (has('ENOTFOUND', 'EAI_AGAIN', 'ENODATA'))
    return says(
      `The host in MONGODB_URI is not known, or the replica set names its members by hosts that are not known here (${tells(/ENOTFOUND|EAI_AGAIN|ENODATA/)}). Correct the host; for a replica set of one node behind another name, add directConnection=true.`,
    )
  if (has('ECONNREFUSED'))
    return says(`Nobody answers as ${at}. Start it, or correct the host and port in MONGODB_URI.`)
  const certificate = tells(/certificate|self.signed|altname|tls|ssl/i)
  if (certificate)
    return says(
      `${at} cannot be reached by TLS: ${certificate}. Add tls=true if the server asks for it, tlsCAFile=FILE if its certificate is from an authority of your own, or tls=false if it has none.`,
    )
  const topology = chain.map((each) => (each as { reason?: unknown }).reason).find(isTopology)
  if (topology) return says(`${at} ${whyNoPrimary(topology, address)}`)
  return says(`${at} cannot be used: ${texts[0]?.replace(/\.$/, '')}.`)
}

function whyNoPrimary({ servers }: TopologyDescription, { replicaSet }: Address): string {
  const types = [...servers.values()].map((server) => server.type)
  if (types.includes('RSGhost')) return `waits to be made a replica set. Run rs.initiate() once in mongosh.`
  if (types.length === 0 || types.includes('Standalone'))
    return `is not a member of a replica set called ${replicaSet}. Correct replicaSet in MONGODB_URI; if the server stands alone: ${HOW_TO_REPLICATE}.`
  if (types.includes('RSSecondary') || types.includes('RSArbiter'))
    return `has no primary that takes writes. Look at rs.status(): a majority of its members must be up.`
  return `did not answer within ${SELECTION / 1000} s. Look at the host, the port and the firewall; if the server asks for TLS, add tls=true.`
}

const isTopology = (reason: unknown): reason is TopologyDescription =>
  typeof reason === 'object' && reason !== null && 'servers' in reason && reason.servers instanceof Map

/** An error, what it was caused by, and what each server of a topology has said. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = []
  const add = (each: unknown) => {
    if (!(each instanceof Error) || chain.includes(each)) return
    chain.push(each)
    add(each.cause)
    const { reason, errors } = each as { reason?: unknown; errors?: unknown }
    if (isTopology(reason)) for (const server of reason.servers.values()) add(server.error)
    if (Array.isArray(errors)) for (const one of errors) add(one)
  }
  add(error)
  return chain.length > 0 ? chain : [new Error(String(error))]
}
