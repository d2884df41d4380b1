import type { Page } from '@playwright/test'
import { linkIn, mailTo, newAccount } from '../support/accounts.ts'
import { passes } from '../support/axe.ts'
import { test } from '../support/house.ts'
import { PASSWORD, signIn } from '../support/people.ts'
import { expect } from '../support/test.ts'

const HOUR = 60 * 60 * 1000
const chats = { name: 'Chats', level: 1 } as const
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test(
  'a copy is asked for, waits, can be called off, and is fetched once it is ready',
  { tag: '@phone' },
  async ({ house }) => {
    let ahead = 0
    const { server, visit } = await house({ clock: () => Date.now() + ahead })
    await newAccount(server, 'noor.h')
    const page = await signedIn(visit, 'noor.h')
    await go(page, '/settings/data')
    await expect(button(page, 'Prepare a copy')).toBeVisible()
    await passes(page, 'data, with nothing asked for')
    await button(page, 'Prepare a copy').click()
    await confirm(page)
    await expect(page.getByText('Waiting', { exact: true })).toBeVisible()
    await expect(button(page, 'Prepare a copy')).toHaveAttribute('aria-disabled', 'true')
    await passes(page, 'data, with a copy that waits')
    await button(page, 'Cancel this copy').click()
    await expect(page.getByText('Waiting', { exact: true })).toBeHidden()
    // What was shown holds for a while: nobody asks again.
    await button(page, 'Prepare a copy').click()
    await expect(page.getByText('Waiting', { exact: true })).toBeVisible()

    ahead = HOUR + 60_000
    await page.clock.install({ time: Date.now() + ahead })
    await page.reload()
    await expect(page.getByText(/^Ready since/)).toBeVisible()
    await passes(page, 'data, with a copy that is ready')
    const fetched = page.waitForEvent('download')
    await button(page, 'Download').click()
    await confirm(page)
    expect((await fetched).suggestedFilename()).toMatch(/\.zip$/)
    await expect(page.getByRole('heading', { name: 'Your data', exact: true })).toBeVisible()
  },
)

test('an account is to be deleted, and kept again', { tag: '@phone' }, async ({ house }) => {
  const { server, visit } = await house()
  await newAccount(server, 'amara')
  const page = await signedIn(visit, 'amara')
  await go(page, '/settings/data')
  await page.getByRole('radio', { name: 'Delete them everywhere' }).check()
  const username = page.getByRole('textbox', { name: 'Type your username to confirm' })
  await username.fill('amar')
  await username.press('Enter')
  await expect(page.getByText('That isn’t your username. It is amara.')).toBeVisible()
  await expect(username).toBeFocused()
  await username.fill('amara')
  await button(page, 'Delete in 14 days').click()
  await confirm(page)
  await expect(page.getByRole('heading', { name: 'Your account will be deleted' })).toBeVisible()
  await expect(page.getByText(/with all your messages\. Until then everything works/)).toBeVisible()
  await passes(page, 'data, leaving')
  // Whoever comes back hears of it wherever they are.
  await go(page, '/')
  await expect(page.getByText(/^Your account will be deleted on /)).toBeVisible()
  await passes(page, 'chats, leaving')
  await button(page, 'Keep my account').click()
  await expect(page.getByText('Your account stays', { exact: true })).toBeVisible()

  await go(page, '/settings/data')
  await username.fill('amara')
  await button(page, 'Delete in 14 days').click()
  await confirm(page)
  await button(page, 'Keep my account').click()
  await expect(page.getByRole('heading', { name: 'Delete your account' })).toBeVisible()
})

test('the link of the mail about leaving asks to sign in first, and then the account stays', async ({
  house,
  watch,
}) => {
  watch.allow(/status of 401/)
  const { server, visit } = await house()
  await newAccount(server, 'linh')
  const page = await signedIn(visit, 'linh')
  await go(page, '/settings/security')
  await button(page, 'Add Email').click()
  await page.getByRole('textbox', { name: 'Email address' }).fill('linh@example.org')
  await button(page, 'Send the code').click()
  await confirm(page)
  const digits = digitsIn(await mailTo(server, 'verification', 'linh@example.org'))
  await page.getByRole('textbox', { name: 'Six-digit code' }).fill(digits)
  await expect(page.getByText('Confirmed', { exact: true })).toBeVisible()
  await go(page, '/settings/data')
  await page.getByRole('textbox', { name: 'Type your username to confirm' }).fill('linh')
  await button(page, 'Delete in 14 days').click()
  await confirm(page)
  await expect(button(page, 'Keep my account')).toBeVisible()

  const other = await visit(linkIn(await mailTo(server, 'leaving', 'linh@example.org'), '/stay'))
  await signIn(other, 'linh')
  await expect(other.getByRole('heading', { name: 'Your account stays' })).toBeVisible()
  await passes(other, 'staying')
  expect(other.url()).not.toContain('#')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Delete your account' })).toBeVisible()
})

test(
  'the username changes once, and then waits a month; the time zone is chosen',
  { tag: '@phone' },
  async ({ house }) => {
    const { server, visit } = await house()
    await newAccount(server, 'mateo')
    const page = await signedIn(visit, 'mateo')
    await go(page, '/settings/profile')
    await button(page, 'Change your username').click()
    const dialog = page.getByRole('dialog', { name: 'Change your username' })
    await dialog.getByRole('textbox', { name: 'Username' }).fill('mateo.rivera')
    await passes(page, 'username, being changed')
    await button(page, 'Change username').click()
    await expect(page.getByText('You’re @mateo.rivera now')).toBeVisible()
    await expect(page.getByText(/^People find you by it\. You can change it again from .* on\.$/)).toBeVisible()
    await expect(button(page, 'Change your username')).toHaveAttribute('aria-disabled', 'true')
    await page.getByRole('combobox', { name: 'Time zone' }).selectOption('Europe/Lisbon')
    await expect(page.getByText('Saved', { exact: true })).toBeVisible()
    await passes(page, 'profile, of an account')
    await page.reload()
    await expect(page.getByRole('combobox', { name: 'Time zone' })).toHaveValue('Europe/Lisbon')
  },
)

type Visit = (path: string) => Promise<Page>

async function signedIn(visit: Visit, username: string): Promise<Page> {
  const page = await visit('/sign-in')
  await signIn(page, username)
  await expect(page.getByRole('heading', chats)).toBeVisible()
  return page
}

async function confirm(page: Page): Promise<void> {
  await page.getByRole('dialog', { name: 'Show that it’s you' }).getByLabel('Your password').fill(PASSWORD)
  await button(page, 'Confirm').click()
}

function digitsIn(mail: string): string {
  return /^\s*(\d{3} ?\d{3})\s*$/m.exec(mail)?.[1] ?? ''
}

const go = (page: Page, path: string) => page.goto(new URL(path, page.url()).href).then(() => undefined)
