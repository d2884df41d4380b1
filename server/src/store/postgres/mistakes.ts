import { placeOf, type PostgresAddress } from './address.ts'
import { StoreUnusable } from '../store.ts'

/** The server asks for a password and the address has none. */
export class NoPassword extends Error {}

type Words = { server: string; user: string; database: string }
type Known = { code?: string | undefined; routine?: string | undefined; message: string }

/** What each code of the server or the system means to whoever started the process: what is wrong, and what to do. */
const byCode: Readonly<Record<string, (words: Words, error: Known) => string>> = {
  ECONNREFUSED: ({ server }) => `Nothing listens at ${server}. Start PostgreSQL there, or correct DATABASE_URL`,
  ENOENT: ({ server }) =>
    `${server.replace('the', 'The')} is not there. Start PostgreSQL there, or correct DATABASE_URL`,
  EACCES: ({ server }) => `This user may not use ${server}. Give it the right to, or correct DATABASE_URL`,
  ENOTFOUND: ({ server }) => `The host of ${server} is not known. Correct DATABASE_URL, or the name service`,
  EAI_AGAIN: ({ server }) => `The host of ${server} cannot be looked up now. Is the name service within reach?`,
  ETIMEDOUT: silent,
  EHOSTUNREACH: silent,
  ENETUNREACH: silent,
  ECONNRESET: ({ server }) => `${server} broke the connection off. Is it PostgreSQL that DATABASE_URL names?`,
  EPIPE: ({ server }) => `${server} broke the connection off. Is it PostgreSQL that DATABASE_URL names?`,
  '28P01': ({ server, user }) =>
    `PostgreSQL at ${server} refuses the password of the user ${user}, or knows no such user. Correct DATABASE_URL`,
  '28000': ({ server, user, database }, { routine }) =>
    routine === 'ClientAuthentication'
      ? `PostgreSQL at ${server} lets the user ${user} into ${database} in no way from here. Allow it in pg_hba.conf, or try another sslmode`
      : `PostgreSQL at ${server} has no user ${user} who may log in. Make one (create role … login), or correct DATABASE_URL`,
  '3D000': ({ server, database }) =>
    `PostgreSQL at ${server} has no database ${database}. Make it (create database …), or correct DATABASE_URL`,
  '42501': ({ server, user, database }, { routine }) =>
    routine === 'CheckMyDatabase' || routine === 'InitPostgres'
      ? `The user ${user} may not connect to the database ${database} at ${server}. Grant it: grant connect on database …`
      : `The user ${user} may not create or read Connectly's tables in ${database} at ${server}. Make it the owner of the database and of all tables in it`,
  '25006': standby,
  '53300': ({ server }) =>
    `PostgreSQL at ${server} has no connection left. Raise max_connections, or the limit of the user or the database`,
  '57P03': ({ server }) => `PostgreSQL at ${server} is starting or stopping, or takes no connections. Try again soon`,
  '57P01': ({ server }) => `PostgreSQL at ${server} was stopped. Start it again`,
  '55P03': ({ server, database }) =>
    `A lock in ${database} at ${server} was held too long by somebody else. Look for an open transaction in pg_stat_activity, then try again`,
  '57014': ({ server, database }) =>
    `A statement in ${database} at ${server} took too long and was given up. Look at the load of the server, then try again`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ server }) =>
    `The certificate of ${server} is for another host. Use the name that it was made for in DATABASE_URL`,
  CERT_HAS_EXPIRED: ({ server }) => `The certificate of ${server} has expired. Renew it`,
}

const unknownCertificate =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_(TLS|SSL|OSSL)\w*)$/

/** What went wrong with the server behind this address, in one line that says what to do and holds no password. */
export function sentenceFor(error: unknown, address: PostgresAddress): StoreUnusable {
  if (error instanceof StoreUnusable) return error
  const known = error as Known
  const words = { server: placeOf(address), user: address.user, database: address.database }
  const said = sentence(known, words)
  return new StoreUnusable(said.endsWith('?') ? said : `${said}.`, { cause: error })
}

function sentence(error: Known, words: Words): string {
  const told = byCode[error.code ?? '']
  if (told) return told(words, error)
  const { server } = words
  if (error instanceof NoPassword)
    return `PostgreSQL at ${server} asks for a password, and DATABASE_URL has none. Write it behind the user: user:password@host`
  if (error.message === 'timeout expired') return silent(words)
  if (/does not support SSL/.test(error.message))
    return `PostgreSQL at ${server} has no TLS. Switch it on there, or, in a network that you trust, add sslmode=disable to DATABASE_URL`
  if (/establishing an SSL|terminated unexpectedly/.test(error.message))
    return `${server} broke the connection off. Is it PostgreSQL that DATABASE_URL names?`
  if (unknownCertificate.test(error.code ?? ''))
    return `The certificate of ${server} is not one that this machine trusts (${error.code}). Name who signed it: sslrootcert=FILE in DATABASE_URL`
  const [line = ''] = error.message.split('\n')
  return `PostgreSQL at ${server} cannot be used: ${line.replace(/\.$/, '')}${error.code ? ` (${error.code})` : ''}`
}

function silent({ server }: Words): string {
  return `${server} does not answer. Is the server on, and does a firewall let this machine through? Else correct DATABASE_URL`
}

function standby({ server }: Words): string {
  return `PostgreSQL at ${server} only reads: it is a standby, or its transactions are set to read only. Name the primary in DATABASE_URL`
}
