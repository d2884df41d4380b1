import {
  acceptTerms,
  addPasskey,
  askCopy,
  askReset,
  beginPasskey,
  beginTotp,
  cancelCopy,
  changePassword,
  changeUsername,
  comeAsGuest,
  confirmEmail,
  confirmEmailByLink,
  confirmTotp,
  downloadCopy,
  entryRules,
  giveWork,
  goToLink,
  goToProvider,
  imposePenalty,
  invite,
  isNameFree,
  itWasNotMe,
  leave,
  liftPenalty,
  linkedAccounts,
  linkIsOpen,
  linkProvider,
  listAdministrators,
  listInvitations,
  listPenalties,
  makeAdministrator,
  myData,
  myEmail,
  myFactors,
  newRecoveryCodes,
  openPasskeyDialog,
  ownAccount,
  readAudit,
  removeEmail,
  removePasskey,
  removeTotp,
  renamePasskey,
  resetPassword,
  returnFromProvider,
  secondStep,
  setEmail,
  signIn,
  signInByPasskey,
  signUpWithProvider,
  stay,
  stayForGood,
  stepUp,
  TERMS_VERSION,
  unlinkProvider,
  unmakeAdministrator,
  withdrawInvitation,
  type InputOf,
  type Method,
  type OutputOf,
  type UserId,
} from '../../protocol/src/index.ts'
import { codeAt, createAuthenticator } from '../../server/src/features/factors/authenticator-kit.ts'
import { userTable } from '../../server/src/features/accounts/index.ts'
import { newLink, type LinkPurpose } from '../../server/src/kernel/links.ts'
import type { Captcha, SignInProvider } from '../../server/src/kernel/services.ts'
import { linkTable } from '../../server/src/kernel/tables.ts'
import { patch } from '../../server/src/store/store.ts'
import type { TestServer } from '../../server/src/test-kit.ts'

/** Somebody who asks; their token is the one that the last answer set. */
export type Asker = {
  userId: UserId
  token: string
  ask<M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>>
}

type Parts = {
  server: TestServer
  now: () => number
  wait: (ms: number) => void
  password: string
  someone: (token: string) => Asker
  join: (username: string, name: string) => Promise<Asker>
}

const HOUR = 60 * 60 * 1000

/** Another service, as the story meets it: who comes back is always a newcomer of the same name. */
export function exampleProvider(): SignInProvider {
  let nth = 0
  return {
    provider: 'google',
    name: 'Google',
    begin: () => Promise.resolve({ url: 'https://accounts.example.org/authorize?client_id=…', kept: {} }),
    finish: () =>
      Promise.resolve({
        subject: String(++nth),
        email: null,
        isEmailVerified: false,
        username: `farid${nth}`,
        name: 'Farid',
      }),
  }
}

/** A human check, as the story meets it. */
export const exampleCheck = (now: () => number): Captcha => ({
  kind: 'work',
  siteKey: '',
  give: () => ({ salt: 'a-salt-that-the-server-signed-and-knows-again', bits: 17, until: now() + HOUR / 6 }),
  holds: () => Promise.resolve(true),
})

/** How people come in, show that it is them, and leave: each method once, of a real server. */
export async function accountStory(parts: Parts): Promise<void> {
  const { password, someone, join } = parts
  const nobody = someone('')
  await nobody.ask(entryRules, {})
  await nobody.ask(giveWork, {})
  await nobody.ask(isNameFree, { username: 'elif' })
  const elif = await join('elif', 'Elif')
  await elif.ask(ownAccount, {})
  await elif.ask(acceptTerms, { terms: TERMS_VERSION })
  await elif.ask(changeUsername, { username: 'elif.k' })
  await addresses(parts, elif)
  const proof = (await elif.ask(stepUp, { password })).stepUp
  await elif.ask(changePassword, { stepUp: proof, current: password, password: 'the ferry leaves at nine' })
  await factors(parts, await join('goran', 'Goran'))
  await services(parts, elif)
  await visitors(parts)
  await ownData(parts, await join('hana', 'Hana'))
  await running(parts, await join('ines', 'Ines'))
}

async function addresses({ server, someone }: Parts, elif: Asker): Promise<void> {
  const nobody = someone('')
  const email = 'elif@example.org'
  await elif.ask(setEmail, { stepUp: await server.stepUp(elif), email })
  await elif.ask(confirmEmail, { code: server.app.services.seals.code(await linkOf(server, 'confirm')) })
  await elif.ask(myEmail, {})
  await nobody.ask(askReset, { username: email })
  await elif.ask(removeEmail, { stepUp: await server.stepUp(elif) })
  await elif.ask(setEmail, { stepUp: await server.stepUp(elif), email })
  const link = server.app.services.seals.linkToken(await linkOf(server, 'confirm'))
  await nobody.ask(confirmEmailByLink, { token: link })
  const token = await made(server, 'reset', elif.userId)
  await nobody.ask(linkIsOpen, { token })
  await nobody.ask(resetPassword, { token, password: 'the tram goes uphill at eight' })
  await nobody.ask(itWasNotMe, { token: await made(server, 'notMe', elif.userId) })
  elif.token = (await signedIn(someone, 'elif.k', 'the tram goes uphill at eight')).token
}

async function factors({ server, now, someone, password, wait }: Parts, goran: Asker): Promise<void> {
  const device = createAuthenticator(server.url.replace('127.0.0.1', 'localhost'))
  const proof = () => server.stepUp(goran)
  const { ticket, key } = await goran.ask(beginTotp, { stepUp: await proof() })
  await goran.ask(confirmTotp, { stepUp: await proof(), ticket, code: codeAt(key, now() + 1000) })
  await goran.ask(newRecoveryCodes, { stepUp: await proof() })
  const dialog = await goran.ask(beginPasskey, { stepUp: await proof() })
  const added = await goran.ask(addPasskey, { stepUp: await proof(), name: 'Phone', passkey: device.make(dialog) })
  const { passkeyId } = added.factors.passkeys[0]!
  await goran.ask(renamePasskey, { passkeyId, name: 'My phone' })
  await goran.ask(myFactors, {})
  const half = await someone('').ask(signIn, { username: 'goran', password })
  wait(60_000)
  await someone('').ask(secondStep, { ticket: half.second?.ticket ?? '', totp: codeAt(key, now() + 1000) })
  const opened = await someone('').ask(openPasskeyDialog, {})
  await someone('').ask(signInByPasskey, device.answer(opened))
  await goran.ask(removePasskey, { stepUp: await proof(), passkeyId })
  await goran.ask(removeTotp, { stepUp: await proof() })
}

async function services({ server, someone }: Parts, elif: Asker): Promise<void> {
  const nobody = someone('')
  const { ticket } = await nobody.ask(goToProvider, { provider: 'google' })
  const { newcomer } = await nobody.ask(returnFromProvider, { ticket, state: 'a-state', code: 'a-code' })
  await nobody.ask(signUpWithProvider, { ticket: newcomer?.ticket ?? '', username: 'farid', terms: TERMS_VERSION })
  const journey = await elif.ask(goToLink, { stepUp: await server.stepUp(elif), provider: 'google' })
  await elif.ask(linkProvider, { ticket: journey.ticket, state: 'a-state', code: 'a-code' })
  await elif.ask(linkedAccounts, {})
  await elif.ask(unlinkProvider, { stepUp: await server.stepUp(elif), provider: 'google' })
}

async function visitors({ someone, password }: Parts): Promise<void> {
  const guest = someone('')
  await guest.ask(comeAsGuest, { name: 'Jun', terms: TERMS_VERSION, captcha: 'a-salt.123456' })
  await guest.ask(stayForGood, { username: 'jun', password })
}

async function ownData({ server, wait }: Parts, hana: Asker): Promise<void> {
  const asked = await hana.ask(askCopy, { stepUp: await server.stepUp(hana) })
  const { copyId } = asked.copies[0]!
  wait(2 * HOUR)
  await hana.ask(downloadCopy, { stepUp: await server.stepUp(hana), copyId })
  await hana.ask(cancelCopy, { copyId })
  await hana.ask(leave, { stepUp: await server.stepUp(hana), username: 'hana', messages: 'keep' })
  await hana.ask(myData, {})
  await hana.ask(stay, {})
}

async function running({ server, join, someone, password, now }: Parts, ines: Asker): Promise<void> {
  const kai = await join('kai', 'Kai')
  await runs(server, kai.userId)
  kai.token = (await signedIn(someone, 'kai', password)).token
  const proof = await server.stepUp(kai)
  const { invitation } = await kai.ask(invite, { stepUp: proof, note: 'For Lena' })
  await kai.ask(listInvitations, { stepUp: proof })
  await kai.ask(withdrawInvitation, { stepUp: proof, invitationId: invitation.invitationId })
  await kai.ask(imposePenalty, {
    stepUp: proof,
    userId: ines.userId,
    kind: 'mute',
    until: now() + HOUR,
    reason: 'The same words to everybody',
  })
  const [penalty] = await kai.ask(listPenalties, { stepUp: proof })
  await kai.ask(liftPenalty, { stepUp: proof, subject: penalty?.subject ?? '' })
  const { ticket, key } = await ines.ask(beginTotp, { stepUp: await server.stepUp(ines) })
  await ines.ask(confirmTotp, { stepUp: await server.stepUp(ines), ticket, code: codeAt(key, now() + 1000) })
  await kai.ask(makeAdministrator, { stepUp: proof, userId: ines.userId })
  await kai.ask(listAdministrators, { stepUp: proof })
  await kai.ask(unmakeAdministrator, { stepUp: proof, userId: ines.userId })
  await kai.ask(readAudit, { stepUp: proof })
}

/** Makes somebody run the server, as the first of them became it by a link. */
async function runs({ app: { store } }: TestServer, userId: UserId): Promise<void> {
  const writes = [patch(userTable, { userId }, { set: { isAdmin: true } })]
  await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], Date.now())
}

async function signedIn(someone: Parts['someone'], username: string, password: string): Promise<Asker> {
  const again = someone('')
  await again.ask(signIn, { username, password })
  return again
}

/** The newest link of a purpose. */
async function linkOf({ app: { store } }: TestServer, purpose: LinkPurpose): Promise<string> {
  const [link] = await store.find(linkTable, { where: { purpose }, order: [['createdAt', 'desc']], limit: 1 })
  if (!link) throw new Error(`no link was made: ${purpose}`)
  return link.linkId
}

/** A link as a mail would carry it. */
async function made({ app: { store, services } }: TestServer, purpose: LinkPurpose, userId: UserId): Promise<string> {
  const link = newLink({ purpose, userId, now: Date.now(), life: HOUR })
  const make = () => ({ writes: [link.write], events: [], result: null })
  await store.commit([{ places: [], given: [], make }], Date.now())
  return services.seals.linkToken(link.linkId)
}
