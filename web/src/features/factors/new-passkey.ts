import type { NewPasskey } from '@connectly/protocol'
import { type PublicKeyCredentialCreationOptionsJSON, startRegistration, WebAuthnError } from '@simplewebauthn/browser'

/** It was not made: the person closed the browser's dialog, or it could not be shown. */
export class PasskeyNotMade extends Error {
  override name = 'PasskeyNotMade'
  /** This device has one for this account already. */
  isThere: boolean
  constructor(error: unknown) {
    super(String(error))
    this.isThere = error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'
  }
}

/** Whether this browser can make passkeys at all. */
export const canMakePasskeys = (): boolean => typeof PublicKeyCredential === 'function'

/** Opens the browser's dialog for a new passkey, and gives what is to be handed to the server. */
export async function makePasskey(ticket: string, options: Record<string, unknown>): Promise<NewPasskey> {
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON
  const { id, response } = await startRegistration({ optionsJSON }).catch((error: unknown) => {
    throw new PasskeyNotMade(error)
  })
  return {
    ticket,
    credential: id,
    clientData: response.clientDataJSON,
    attestation: response.attestationObject,
    transports: [...(response.transports ?? [])],
  }
}
