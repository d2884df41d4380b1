import { signOut, type UserId } from '@connectly/protocol'
import { befriend } from '@connectly/server/test-kit'
import type { Page } from '@playwright/test'
import { askToSignOut, PASSWORD, signIn, signUp } from '../support/people.ts'
import { composer, messages, row, say, writeHalfALetter } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

/** Everything that a page's origin keeps in this browser. */
const kept = (page: Page) =>
  page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map((each) => each.name),
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    caches: await caches.keys(),
  }))
const nothing = { databases: [], local: [], session: [], caches: [] }
const ended = 'Sign in to carry on here. What you were writing is kept.'

test(
  '[RE5] signing out leaves nothing on the device, in any tab',
  { tag: '@phone' },
  async ({ friends, wire, watch }) => {
    const [amara, , roomId] = await friends()
    const page = await amara.open(`/r/${roomId}`)
    await say(page, 'To be forgotten here')
    await expect(row(page, 'To be forgotten here').getByText(/^(?:Sent|Delivered|Read)$/)).toBeAttached()
    await composer(page).fill('half a thought')
    const other = await page.context().newPage()
    await other.goto(`${wire.url}/r/${roomId}`)
    await expect(row(other, 'To be forgotten here')).toBeVisible()
    await composer(other).fill('half another')
    expect((await kept(page)).databases).toHaveLength(1)

    watch.allow(/401/)
    await askToSignOut(page)
    await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
    await expect(other.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
    await expect.poll(() => kept(page)).toEqual(nothing)
    await expect.poll(() => kept(other)).toEqual(nothing)
    await other.reload()
    await expect(other.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
    expect(await kept(other)).toEqual(nothing)
    expect((await page.context().cookies()).map((cookie) => cookie.name)).not.toContain('connectly')
    await expect(page.getByText(ended)).toBeHidden()
    expect(new URL(page.url()).search, 'the way back is nobody’s who comes next').toBe('')
  },
)

test('signing out with a message that has not gone out asks first', async ({ friends }) => {
  const [amara, , roomId] = await friends()
  const page = await amara.open(`/r/${roomId}`)
  await expect(row(page, 'Hello there')).toBeVisible()
  await writeHalfALetter(page)
  await expect(messages(page).getByText('Not sent', { exact: true })).toBeAttached()

  await askToSignOut(page)
  const dialog = page.getByRole('dialog', { name: 'Sign out now?' })
  await expect(dialog.getByText('1 message hasn’t gone out yet.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Stay' }).click()
  await expect(dialog).toBeHidden()
  await expect(messages(page).getByText('Not sent', { exact: true })).toBeAttached()

  await askToSignOut(page)
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await expect.poll(() => kept(page)).toEqual(nothing)
})

test('a session that ended elsewhere leads to the sign-in page with a sentence, and back to where one was', async ({
  visit,
  someone,
  server,
  watch,
}) => {
  const benoit = await someone('benoit')
  const page = await visit('/sign-in')
  await signUp(page, 'amara.ended')
  const { me, roomId } = await inARoomWith(page, server, benoit)
  await page.goto(`${new URL(page.url()).origin}/r/${roomId}`)
  await expect(row(page, 'Hello there')).toBeVisible()
  await composer(page).fill('half a thought')

  watch.allow(/401/)
  await me.ask(signOut, {})
  await expect(page.getByText(ended)).toBeVisible()
  await signIn(page, 'amara.ended')
  await expect(page).toHaveURL(new RegExp(`/r/${roomId}$`))
  await expect(row(page, 'Hello there')).toBeVisible()
  await expect(composer(page)).toHaveValue('half a thought')
})

test('[RE5] who signs in after somebody whose session ended sees nothing of theirs', async ({
  visit,
  someone,
  server,
  watch,
}) => {
  const benoit = await someone('benoit')
  const page = await visit('/sign-in')
  await signUp(page, 'amara.before')
  const { me, roomId } = await inARoomWith(page, server, benoit)
  await page.goto(`${new URL(page.url()).origin}/r/${roomId}`)
  await expect(row(page, 'Hello there')).toBeVisible()
  await composer(page).fill('nobody else should read this')

  watch.allow(/401/)
  await me.ask(signOut, {})
  await expect(page.getByText(ended)).toBeVisible()
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByRole('textbox', { name: 'Username' }).fill('chidi.after')
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' }).first()).toBeAttached()
  await expect(page.getByText('Hello there')).toHaveCount(0)
  await expect.poll(async () => (await kept(page)).databases).toEqual([`connectly-${await storedMe(page)}`])
  expect((await kept(page)).session).toEqual([])
})

const storedMe = (page: Page) => page.evaluate(() => localStorage.getItem('connectly.me') as UserId)

/** The person who signed up in this page, also as one who asks by hand, and their room with somebody. */
async function inARoomWith(
  page: Page,
  server: Parameters<Parameters<typeof test>[2]>[0]['server'],
  other: Parameters<typeof befriend>[0],
) {
  const cookie = (await page.context().cookies()).find((each) => each.name === 'connectly')
  const me = server.again(await storedMe(page), cookie?.value ?? '')
  return { me, roomId: await befriend(other, me) }
}
