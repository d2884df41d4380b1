import {
  addPasskey,
  beginPasskey,
  beginTotp,
  confirmTotp,
  openPasskeyDialog,
  signIn,
  type PasskeyId,
  type UserId,
} from '@connectly/protocol'
import { addPerson, newId, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { hashPassword, userTable } from '../../server/src/features/accounts/index.ts'
import { codeAt, createAuthenticator } from '../../server/src/features/factors/authenticator-kit.ts'
import { patch } from '../../server/src/store/store.ts'

/* Second factors for the matrix: devices in software, and an account that asks for one at sign-in. */

const password = 'seven grey herons wade'
/** An answer that is of no dialog. */
const noAnswer = { ticket: 'none', credential: '', clientData: '', authenticatorData: '', signature: '' }
const noPasskey = { ticket: 'none', credential: '', clientData: '', attestation: '', transports: [] }

/** What the samples and makers of factors need. */
export async function factorsIn(server: TestServer) {
  const origin = server.url.replace('127.0.0.1', 'localhost')
  const nobody = server.again('' as UserId, '')

  /** Gives somebody a passkey, and one more, so that this is not their last way in. */
  async function passkeyFor(me: TestPerson): Promise<PasskeyId> {
    const [first] = [await addDevice(me), await addDevice(me)]
    return first.passkeyId
  }

  async function addDevice(me: TestPerson) {
    const device = createAuthenticator(origin)
    const stepUp = await server.stepUp(me)
    const passkey = device.make(await me.ask(beginPasskey, { stepUp }))
    const { factors } = await me.ask(addPasskey, { stepUp, name: 'A key', passkey })
    return { device, passkeyId: factors.passkeys.at(-1)?.passkeyId ?? newId<PasskeyId>() }
  }

  const username = `guarded-${newId().slice(-12)}`
  const { userId, token } = await addPerson(server.app.store, username)
  const { device, passkeyId } = await addDevice(server.again(userId, token))
  const writes = [patch(userTable, { userId }, { set: { passwordHash: await hashPassword(password) } })]
  await server.app.store.commit(
    [{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }],
    Date.now(),
  )

  return {
    noAnswer,
    noPasskey,
    passkeyFor,
    foreignPasskey: passkeyId,
    /** The second step of somebody whose password was right. */
    secondStep: async () => {
      const ticket = (await nobody.ask(signIn, { username, password })).second?.ticket ?? ''
      return { ticket, passkey: device.answer(await nobody.ask(openPasskeyDialog, { ticket })) }
    },
    /** What a passkey answers that signs in alone. */
    answer: async () => device.answer(await nobody.ask(openPasskeyDialog, {})),
    /** What the dialog answers about a new passkey of theirs. */
    newPasskey: async (me: TestPerson) =>
      createAuthenticator(origin).make(await me.ask(beginPasskey, { stepUp: await server.stepUp(me) })),
    /** A first code of an app of theirs. */
    firstCode: async (me: TestPerson) => {
      const { ticket, key } = await me.ask(beginTotp, { stepUp: await server.stepUp(me) })
      return { ticket, code: codeAt(key, Date.now()) }
    },
    /** Gives somebody an app. */
    addApp: async (me: TestPerson) => {
      const stepUp = await server.stepUp(me)
      const { ticket, key } = await me.ask(beginTotp, { stepUp })
      await me.ask(confirmTotp, { stepUp, ticket, code: codeAt(key, Date.now()) })
    },
  }
}
