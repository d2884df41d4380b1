import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'

/** A new UUIDv7: unique, and later ones sort after earlier ones. */
export const newId = <Id extends string>(): Id => randomUUIDv7() as string as Id

/** 32 random bytes for a session, in base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url')

export const sha256 = (text: string): string => hash('sha256', text, 'base64url')
