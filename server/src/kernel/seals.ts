import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { UserId } from '@connectly/protocol'
import { EncryptJWT, jwtDecrypt, jwtVerify, SignJWT } from 'jose'
import type { Clock } from './clock.ts'

/** By what somebody showed that it is really them. */
export const proofs = ['recent', 'password', 'totp', 'recovery', 'passkey'] as const
export type ProofKind = (typeof proofs)[number]
export const strongProofs: readonly ProofKind[] = ['totp', 'recovery', 'passkey']

/** A step-up holds for 15 minutes, in ms. */
export const STEP_UP_LIFE = 15 * 60 * 1000

export type ShownStepUp = { userId: UserId; tokenHash: string; by: ProofKind }
export type Seals = ReturnType<typeof createSeals>

/**
 * What this server hands out and knows again: signed so that nobody else can make it, sealed where nobody else may read it,
 * each for one purpose and for a time. All of it hangs on the secret key; with another, everything out there is void.
 */
export function createSeals(secretKey: string, clock: Clock) {
  const keys = new Map<string, Uint8Array>()
  const keyFor = (purpose: string): Uint8Array => {
    const known = keys.get(purpose)
    if (known) return known
    const made = new Uint8Array(hkdfSync('sha256', secretKey, '', `connectly ${purpose}`, 32))
    keys.set(purpose, made)
    return made
  }
  const seconds = (ms: number) => Math.floor(ms / 1000)
  const mac = (purpose: string, text: string) => createHmac('sha256', keyFor(purpose)).update(text)

  /** A signed token that everybody who holds it can read. `life` in ms. */
  const sign = (purpose: string, claims: Record<string, unknown>, life: number): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(purpose)
      .setIssuedAt(seconds(clock()))
      .setExpirationTime(seconds(clock() + life))
      .sign(keyFor(purpose))

  /** What was signed for this purpose; null when it was not, or has run out. */
  const read = async (purpose: string, token: string): Promise<Record<string, unknown> | null> => {
    const options = { audience: purpose, algorithms: ['HS256'], currentDate: new Date(clock()) }
    return jwtVerify(token, keyFor(purpose), options).then(
      ({ payload }) => payload,
      () => null,
    )
  }

  return {
    sign,
    read,

    /** A token that only we can read. `life` in ms. */
    seal: (purpose: string, claims: Record<string, unknown>, life: number): Promise<string> =>
      new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .setIssuedAt(seconds(clock()))
        .setExpirationTime(seconds(clock() + life))
        .encrypt(keyFor(purpose)),

    /** The same for what is kept in the store: good for as long as the secret key is. */
    sealForever: (purpose: string, claims: Record<string, unknown>): Promise<string> =>
      new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .encrypt(keyFor(purpose)),

    /** What was sealed for this purpose; null when it was not, or has run out. */
    open: async (purpose: string, token: string): Promise<Record<string, unknown> | null> =>
      jwtDecrypt(token, keyFor(purpose), { audience: purpose, currentDate: new Date(clock()) }).then(
        ({ payload }) => payload,
        () => null,
      ),

    signStepUp: ({ userId, tokenHash, by }: ShownStepUp): Promise<string> =>
      sign('step-up', { sub: userId, session: tokenHash, by }, STEP_UP_LIFE),

    readStepUp: async (token: string): Promise<ShownStepUp | null> => {
      const claims = await read('step-up', token)
      return claims && ({ userId: claims['sub'], tokenHash: claims['session'], by: claims['by'] } as ShownStepUp)
    },

    /** The same text gives the same hash, and nobody without the key can tell which text. */
    hash: (purpose: string, text: string): string => mac(purpose, text).digest('base64url'),

    /** Six digits that belong to a link, for whoever would rather type them. */
    code: (linkId: string): string => String(mac('code', linkId).digest().readUInt32BE(0) % 1_000_000).padStart(6, '0'),

    /** The token of a link: its id, and a signature. */
    linkToken: (linkId: string): string => `${linkId}.${mac('link', linkId).digest('base64url')}`,

    /** The link whose token this is; null when we did not make it. */
    linkOf: (token: string): string | null => {
      const [linkId = ''] = token.split('.')
      const [given, ours] = [Buffer.from(token), Buffer.from(`${linkId}.${mac('link', linkId).digest('base64url')}`)]
      return given.length === ours.length && timingSafeEqual(given, ours) ? linkId : null
    },
  }
}
