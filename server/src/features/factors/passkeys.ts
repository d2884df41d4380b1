import type { NewPasskey, openPasskeyDialog, OutputOf, PasskeyAnswer, UserId } from '@connectly/protocol'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { decodeAttestationObject } from '@simplewebauthn/server/helpers'
import type { Context } from '../../kernel/context.ts'
import { must, patch, type Write } from '../../store/store.ts'
import type { UserRow } from '../accounts/index.ts'
import { passkeyTable, type PasskeyRow } from './factors.tables.ts'
import { giveTicket, readTicket } from './tickets.ts'

/** EdDSA, ES256, RS256: what all authenticators of today have one of. */
const ALGORITHMS = [-8, -7, -257]
/** The longest name an authenticator may give: 1023 bytes, in base64url. */
const MAX_CREDENTIAL = 1364

/** What an answer of the dialog is for. `tokenHash` is of the session that steps up. */
export type PasskeyUse =
  | { use: 'signIn' }
  | { use: 'secondStep'; userId: UserId }
  | { use: 'stepUp'; userId: UserId; tokenHash: string }

type Dialog = OutputOf<typeof openPasskeyDialog>

/** An answer that was right: whose passkey it was, and what notes that it was used. */
export type RightAnswer = { passkey: PasskeyRow; writes: Write[] }

/** Opens the dialog about passkeys that are there: those of one person, or whichever there is for this site. */
export async function dialogFor(ctx: Context, how: PasskeyUse, passkeys: readonly PasskeyRow[]): Promise<Dialog> {
  const options = await generateAuthenticationOptions({
    rpID: siteOf(ctx).rpId,
    userVerification: how.use === 'signIn' ? 'required' : 'preferred',
    ...(how.use !== 'signIn' && { allowCredentials: passkeys.map(idOf) }),
  })
  const ticket = await giveTicket(ctx, 'passkey-ticket', { ...how, challenge: options.challenge })
  return { ticket, options: { ...options } }
}

/** Opens the dialog for a new passkey, on none of the authenticators that hold one already. */
export async function dialogForNew(ctx: Context, user: UserRow, passkeys: readonly PasskeyRow[]): Promise<Dialog> {
  const { rpId } = siteOf(ctx)
  const options = await generateRegistrationOptions({
    rpName: rpId,
    rpID: rpId,
    userName: user.username,
    userDisplayName: user.name,
    userID: new TextEncoder().encode(user.userId),
    excludeCredentials: passkeys.map(idOf),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
  const claims = { use: 'new', userId: user.userId, challenge: options.challenge }
  return { ticket: await giveTicket(ctx, 'passkey-ticket', claims), options: { ...options } }
}

/** The ticket of a dialog that was opened for this; null when it is another's, for something else, run out or spent. */
export async function readDialog(ctx: Context, ticket: string, how: PasskeyUse | { use: 'new'; userId: UserId }) {
  const found = await readTicket(ctx, 'passkey-ticket', ticket)
  const fits = found && Object.entries(how).every(([claim, value]) => found.claims[claim] === value)
  return fits ? { challenge: String(found.claims['challenge']), spend: found.spend } : null
}

/** Whether a dialog's answer is right; null when it is not, whatever of it is wrong. */
export async function checkAnswer(ctx: Context, given: PasskeyAnswer, how: PasskeyUse): Promise<RightAnswer | null> {
  const dialog = await readDialog(ctx, given.ticket, how)
  if (!dialog) return null
  const [passkey] = await ctx.store.find(passkeyTable, { where: { credential: given.credential }, limit: 1 })
  if (!passkey || (how.use !== 'signIn' && passkey.userId !== how.userId)) return null
  const handle = given.user ? Buffer.from(given.user, 'base64url').toString() : null
  if (handle === null ? how.use === 'signIn' : handle !== passkey.userId) return null

  const { rpId, origin } = siteOf(ctx)
  const right = await verifyAuthenticationResponse({
    response: {
      id: given.credential,
      rawId: given.credential,
      type: 'public-key',
      response: {
        clientDataJSON: given.clientData,
        authenticatorData: given.authenticatorData,
        signature: given.signature,
        ...(given.user !== undefined && { userHandle: given.user }),
      },
      clientExtensionResults: {},
    },
    expectedChallenge: dialog.challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    credential: {
      id: passkey.credential,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      counter: passkey.counter,
    },
    requireUserVerification: how.use === 'signIn',
  }).catch(() => noted(ctx))
  if (!right?.verified) return null

  const { newCounter, credentialBackedUp } = right.authenticationInfo
  const { passkeyId, counter } = passkey
  ctx.guard(must(passkeyTable, { passkeyId }, { counter }))
  const used = { counter: newCounter, isSynced: credentialBackedUp, lastUsedAt: ctx.now() }
  return { passkey, writes: [dialog.spend, patch(passkeyTable, { passkeyId }, { set: used })] }
}

/** A new passkey that proved to be one; null when it did not. */
export async function checkNew(
  ctx: Context,
  given: NewPasskey,
  challenge: string,
): Promise<Pick<PasskeyRow, 'credential' | 'publicKey' | 'counter' | 'isSynced'> | null> {
  const { rpId, origin } = siteOf(ctx)
  const proven = await Promise.resolve()
    .then(() => {
      if (!isAnonymous(given.attestation)) throw new Error('it names who made it, which was not asked for')
      return verifyRegistrationResponse({
        response: {
          id: given.credential,
          rawId: given.credential,
          type: 'public-key',
          response: { clientDataJSON: given.clientData, attestationObject: given.attestation },
          clientExtensionResults: {},
        },
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: rpId,
        supportedAlgorithmIDs: ALGORITHMS,
      })
    })
    .catch(() => noted(ctx))
  if (!proven?.verified) return null
  const { credential, credentialBackedUp } = proven.registrationInfo
  if (credential.id !== given.credential || credential.id.length > MAX_CREDENTIAL) return null
  return {
    credential: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    isSynced: credentialBackedUp,
  }
}

/**
 * Whether it comes without certificates. None were asked for, they would say who made the device, and to check one, lists of
 * revoked ones are fetched from addresses that it names itself.
 */
function isAnonymous(attestation: string): boolean {
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestation, 'base64url')))
  const format = decoded.get('fmt')
  return format === 'none' || (format === 'packed' && !decoded.get('attStmt').get('x5c'))
}

/**
 * What passkeys of this server belong to, and the pages that may use them. A browser takes no passkey for a bare address,
 * so a server that knows itself by its loopback address is `localhost` to them.
 */
function siteOf(ctx: Context): { rpId: string; origin: string } {
  const url = new URL(ctx.services.url())
  if (url.hostname === '127.0.0.1' || url.hostname === '[::1]') url.hostname = 'localhost'
  return { rpId: url.hostname, origin: url.origin }
}

/** The usual reason is that people come by another address than the server knows of, which only its operator can see. */
function noted(ctx: Context): null {
  ctx.log.info({ expected: siteOf(ctx).origin, requestId: ctx.caller.requestId }, 'a passkey could not be checked')
  return null
}

const idOf = ({ credential, transports }: PasskeyRow) => ({ id: credential, transports })
