import { generateSecret, generateURI, verifySync } from 'otplib'

/* RFC 6238 as authenticator apps know it: SHA-1, six digits, 30 seconds, and one step of tolerance to both sides. */

const STEP_SECONDS = 30

/** A new key of 160 bits, in base32. */
export const newKey = (): string => generateSecret()

/** What an app reads from a QR code. */
export const uriFor = (of: { key: string; issuer: string; account: string }): string =>
  generateURI({ issuer: of.issuer, label: of.account, secret: of.key })

/** Which 30 seconds, counted since 1970, this is the code of; null when it is of none near `now`, in ms. */
export function stepOf(key: string, code: string, now: number): number | null {
  const found = verifySync({ secret: key, token: code, epoch: Math.floor(now / 1000), epochTolerance: STEP_SECONDS })
  return found.valid && 'timeStep' in found ? found.timeStep : null
}
