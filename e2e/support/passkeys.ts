import { addPasskey, beginPasskey } from '@connectly/protocol'
import type { TestPerson, TestServer } from '@connectly/server/test-kit'
import type { Page } from '@playwright/test'

/** Puts an authenticator into a page's browser, whose person is there and agrees to everything. */
export async function addAuthenticatorTo(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

/** Somebody makes a passkey in this browser; the page has to be one of the server's. */
export async function makePasskey(server: TestServer, person: TestPerson, page: Page): Promise<void> {
  const stepUp = await server.stepUp(person)
  const { ticket, options } = await person.ask(beginPasskey, { stepUp })
  const made = await page.evaluate(async (json) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      json as unknown as PublicKeyCredentialCreationOptionsJSON,
    )
    const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
    const { id, response } = credential.toJSON() as RegistrationResponseJSON
    const { clientDataJSON, attestationObject, transports } = response
    return {
      credential: id,
      clientData: clientDataJSON,
      attestation: attestationObject,
      transports: [...(transports ?? [])],
    }
  }, options)
  await person.ask(addPasskey, { stepUp, name: 'This browser', passkey: { ticket, ...made } })
}
