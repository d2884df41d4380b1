import { confirmEmailByLink } from '@connectly/protocol'
import type { TestServer } from '@connectly/server/test-kit'
import { addAuthenticator, linkIn, mailTo, newAccount, totp } from '../support/accounts.ts'
import { passes } from '../support/axe.ts'
import { test } from '../support/house.ts'
import { PASSWORD, signIn } from '../support/people.ts'
import { expect } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

const chats = { name: 'Chats', level: 1 } as const
const NEW = 'seven lamps along the quiet harbour'

/** Somebody with a confirmed address. */
async function reachable(server: TestServer, username: string) {
  const email = `${username}@example.org`
  const person = await newAccount(server, username, email)
  const link = linkIn(await mailTo(server, 'verification', email), '/confirm')
  await person.ask(confirmEmailByLink, { token: link.slice(link.indexOf('#') + 1) })
  return { person, email }
}

test(
  'a forgotten password is replaced by the link of a mail, which works once',
  { tag: '@phone' },
  async ({ house, watch }) => {
    watch.allow(/status of (?:401|403|410)/)
    const { server, visit } = await house()
    const { person, email } = await reachable(server, 'noor.h')
    const { key } = await addAuthenticator(server, person)
    const page = await visit('/sign-in')
    await page.getByRole('link', { name: 'Forgot it?' }).click()
    await expect(page.getByRole('heading', { name: 'New password' })).toBeFocused()
    await passes(page, 'forgot')
    await page.getByRole('button', { name: 'Send the link' }).click()
    await expect(page.getByText('Your email or username is still missing.')).toBeVisible()
    await page.getByRole('textbox', { name: 'Email or username' }).fill('noor.h')
    await page.getByRole('button', { name: 'Send the link' }).click()
    await expect(page.getByRole('heading', { name: 'If that account exists, a link is on its way' })).toBeFocused()
    await expect(page.getByRole('button', { name: /^Send again in \d\d seconds$/ })).toHaveAttribute(
      'aria-disabled',
      'true',
    )
    await passes(page, 'sent')

    const link = linkIn(await mailTo(server, 'reset', email), '/reset')
    const reset = await visit(link)
    await expect(reset.getByRole('heading', { name: 'Choose a new password' })).toBeFocused()
    expect(new URL(reset.url()).hash, 'the token stays in no address bar').toBe('')
    await reset.getByLabel('New password', { exact: true }).fill(NEW)
    await reset.getByLabel('Again', { exact: true }).fill('seven lamps')
    await expect(reset.getByText('The two don’t match yet.')).toBeVisible()
    await passes(reset, 'new password')
    await reset.getByLabel('New password', { exact: true }).press('Enter')
    await expect(reset.getByLabel('Again', { exact: true })).toBeFocused()
    await reset.getByLabel('Again', { exact: true }).fill(NEW)
    await expect(reset.getByText('The two match.')).toBeVisible()
    await reset.getByRole('button', { name: 'Save and sign in' }).click()
    await reset.getByRole('textbox', { name: 'Six-digit code' }).fill(totp(key, Date.now()))
    await expect(reset.getByRole('heading', chats)).toBeVisible()

    const again = await visit(link)
    await expect(again.getByRole('heading', { name: 'This link has done its work' })).toBeFocused()
    await passes(again, 'a spent link')
    await again.getByRole('link', { name: 'Ask for a new one' }).click()
    await expect(again.getByRole('heading', { name: 'New password' })).toBeVisible()
  },
)

test('for a name that nobody has it says the same', async ({ house }) => {
  const { visit } = await house()
  const page = await visit('/forgot')
  await page.getByRole('textbox', { name: 'Email or username' }).fill('nobody.at.all')
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByRole('heading', { name: 'If that account exists, a link is on its way' })).toBeVisible()
})

test('a link without its end, and a link that nobody can look at just now', async ({ house, watch }) => {
  watch.allow(awayNoise, /net::ERR_FAILED/)
  const { server, visit } = await house()
  const { email } = await reachable(server, 'amara')
  const page = await visit('/reset')
  await expect(page.getByRole('heading', { name: 'There’s a piece missing' })).toBeVisible()
  await page.goto(`${new URL(page.url()).origin}/forgot`)
  await page.getByRole('textbox', { name: 'Email or username' }).fill(email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  const link = linkIn(await mailTo(server, 'reset', email), '/reset')
  const other = await visit('/forgot')
  await expect(other.getByRole('textbox', { name: 'Email or username' })).toBeVisible()
  await other.route('**/api/emails.isOpen', (route) => route.abort())
  await other.goto(new URL(other.url()).origin + link)
  await expect(other.getByRole('heading', { name: 'The server didn’t answer' })).toBeVisible()
  await passes(other, 'the server is away')
  await other.unroute('**/api/emails.isOpen')
  await other.getByRole('button', { name: 'Try again' }).click()
  await expect(other.getByRole('heading', { name: 'Choose a new password' })).toBeVisible()
})

test(
  '“That wasn’t me” signs out everywhere, and leads to a new password',
  { tag: '@phone' },
  async ({ house, watch }) => {
    watch.allow(/status of (?:401|410)/, awayNoise)
    const { server, visit } = await house()
    const { email } = await reachable(server, 'leila')
    const theirs = await visit('/sign-in')
    await signIn(theirs, 'leila')
    await expect(theirs.getByRole('heading', chats)).toBeVisible()
    const page = await visit(linkIn(await mailTo(server, 'newDevice', email), '/not-me'))
    await expect(page.getByRole('heading', { name: 'Wasn’t that you?' })).toBeFocused()
    await passes(page, 'not me')
    await expect(theirs.getByRole('heading', chats)).toBeVisible()
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await expect(page.getByText('Your account is signed out everywhere. Now choose a new password.')).toBeVisible()
    await expect(theirs.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
    await page.getByLabel('New password', { exact: true }).fill(NEW)
    await page.getByLabel('Again', { exact: true }).fill(NEW)
    await page.getByRole('button', { name: 'Save and sign in' }).click()
    await expect(page.getByRole('heading', chats)).toBeVisible()
    await theirs.getByRole('textbox', { name: 'Email or username' }).fill('leila')
    await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await theirs.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(theirs.getByText(/^That username and password don’t match/)).toBeVisible()
  },
)
