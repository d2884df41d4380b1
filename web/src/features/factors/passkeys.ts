import { openPasskeyDialog, type PasskeyAnswer } from '@connectly/protocol'
import {
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  WebAuthnAbortService,
} from '@simplewebauthn/browser'
import { askByHttp } from '../../kernel/http.ts'

/** The person closed the browser's dialog, or it could not be shown: nothing was asked of the server. */
export class PasskeyNotUsed extends Error {
  override name = 'PasskeyNotUsed'
}

/**
 * Opens the browser's dialog about a passkey that is there, and gives what is to be handed to the server.
 * @param ticket of a second step; without it, for signing in, or for a step-up of whoever is signed in
 */
export async function askPasskey(ticket?: string): Promise<PasskeyAnswer> {
  return answerOf(await askByHttp(openPasskeyDialog, ticket === undefined ? {} : { ticket }), false)
}

/**
 * Lets the browser offer passkeys where the username is typed. Waits until somebody takes one; never answers where the
 * browser can't do that.
 */
export async function offerPasskeys(): Promise<PasskeyAnswer> {
  return answerOf(await askByHttp(openPasskeyDialog, {}), true)
}

/** Stops offering. */
export const stopOffering = (): void => WebAuthnAbortService.cancelCeremony()

type Dialog = { ticket: string; options: Record<string, unknown> }

async function answerOf({ ticket, options }: Dialog, useBrowserAutofill: boolean): Promise<PasskeyAnswer> {
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON
  const { id, response } = await startAuthentication({ optionsJSON, useBrowserAutofill }).catch((error: unknown) => {
    throw new PasskeyNotUsed(String(error))
  })
  return {
    ticket,
    credential: id,
    clientData: response.clientDataJSON,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
    ...(response.userHandle && { user: response.userHandle }),
  }
}
