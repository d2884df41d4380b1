import type { Page } from '@playwright/test'
import { startOtherService } from '../../server/src/provider-kit.ts'
import { linkIn, mailTo, newAccount, totp } from '../support/accounts.ts'
import { passes } from '../support/axe.ts'
import { test } from '../support/house.ts'
import { addAuthenticatorTo } from '../support/passkeys.ts'
import { PASSWORD, signIn } from '../support/people.ts'
import { expect, signedIn } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

const OTHER = 'a lamp under the lilac tree'
const chats = { name: 'Chats', level: 1 } as const
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const stepUp = (page: Page) => page.getByRole('dialog', { name: 'Show that it’s you' })

test(
  'two-step sign-in is turned on, asked for, and a recovery code opens once',
  { tag: '@phone' },
  async ({ house, watch }) => {
    watch.allow(/status of (?:401|403)/)
    const { server, visit } = await house()
    await newAccount(server, 'noor.h')
    const page = await visit('/sign-in')
    await signIn(page, 'noor.h')
    await expect(page.getByRole('heading', chats)).toBeVisible()
    await go(page, '/settings/security')
    await expect(page.getByText('Off', { exact: true })).toBeVisible()
    await passes(page, 'security, without a second factor')

    await button(page, 'Turn on Authenticator app').click()
    const password = stepUp(page).getByLabel('Your password')
    await expect(password).toBeFocused()
    await passes(page, 'step-up by password')
    await password.fill('not my password at all')
    await password.press('Enter')
    await expect(stepUp(page).getByText('That isn’t your password. Try again.')).toBeVisible()
    await expect(password).toBeFocused()
    await password.fill(PASSWORD)
    await password.press('Enter')

    const dialog = page.getByRole('dialog', { name: 'Set up your authenticator app' })
    await expect(dialog.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible()
    const shown = (await dialog.locator('.key').textContent()) ?? ''
    expect(shown).toMatch(/^(?:[A-Z2-7]{4} )+[A-Z2-7]{1,4}$/)
    await passes(page, 'authenticator app, being set up')
    const key = shown.replaceAll(' ', '')
    const code = dialog.getByRole('textbox', { name: 'Six-digit code' })
    await code.fill('000000')
    await expect(dialog.getByText(/^That code didn’t match\./)).toBeVisible()
    // The one before: it counts too, and this one is still there to sign in with.
    await code.fill(totp(key, Date.now() - 30_000))

    const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
    await expect(codes).toHaveCount(10)
    await expect(page.getByText('On', { exact: true })).toBeVisible()
    await passes(page, 'security, with new recovery codes')
    const [recovery = ''] = await codes.allTextContents()
    const done = button(page, 'Done')
    await done.press('Enter')
    await expect(page.getByText('Tick the box first.')).toBeVisible()
    await page.getByRole('checkbox', { name: 'I’ve put them somewhere safe' }).check()
    await done.click()
    await expect(codes).toHaveCount(0)

    await signOut(page)
    await signIn(page, 'noor.h')
    await page.getByRole('textbox', { name: 'Six-digit code' }).fill(totp(key, Date.now()))
    await expect(page.getByRole('heading', chats)).toBeVisible()
    await signOut(page)
    await byRecovery(page, recovery)
    await expect(page.getByRole('heading', chats)).toBeVisible()
    await go(page, '/settings/security')
    await expect(page.getByText('9 of 10 left')).toBeVisible()
    await signOut(page)
    await byRecovery(page, recovery)
    await expect(page.getByText('That code didn’t match, or was used before. Try another.')).toBeVisible()
  },
)

test('a passkey is added, renamed, signs in by itself, and is removed', { tag: '@phone' }, async ({ house, watch }) => {
  watch.allow(/status of (?:401|403)/)
  const { server, visit } = await house()
  await newAccount(server, 'linh')
  const page = await visit('/sign-in')
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
  })
  await addAuthenticatorTo(page)
  await signIn(page, 'linh')
  await expect(page.getByRole('heading', chats)).toBeVisible()
  await go(page, '/settings/devices')
  await button(page, 'Add a passkey').click()
  await page.getByRole('textbox', { name: 'Name' }).fill('My phone')
  await button(page, 'Go on').click()
  await stepUp(page).getByLabel('Your password').fill(PASSWORD)
  await button(page, 'Confirm').click()
  await expect(button(page, 'Remove passkey My phone')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')).toHaveCount(10)
  await page.getByRole('checkbox', { name: 'I’ve put them somewhere safe' }).check()
  await button(page, 'Done').click()
  await button(page, 'Rename passkey My phone').click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Blue key')
  await button(page, 'Save').click()
  await expect(button(page, 'Remove passkey Blue key')).toBeVisible()
  await passes(page, 'devices, with a passkey')

  await signOut(page)
  await button(page, 'Sign in with a passkey').click()
  await expect(page.getByRole('heading', chats)).toBeVisible()

  await go(page, '/settings/devices')
  await button(page, 'Remove passkey Blue key').click()
  await page.getByRole('dialog', { name: 'Remove Blue key?' }).getByRole('button', { name: 'Remove' }).click()
  // What was shown before is gone with the page: the second factor is asked for now.
  await button(page, 'Use your passkey').click()
  await expect(page.getByText('Blue key is removed')).toBeVisible()
  await expect(button(page, 'Remove passkey Blue key')).toBeHidden()
})

test(
  'a new password ends the session of another browser, and this one goes on',
  { tag: '@phone' },
  async ({ house, there, watch }) => {
    watch.allow(/status of (?:401|403)/)
    const { server, visit } = await house()
    await newAccount(server, 'samuel')
    const page = await visit('/sign-in')
    const other = await visit('/sign-in', { size: there })
    for (const each of [page, other]) {
      await signIn(each, 'samuel')
      await expect(each.getByRole('heading', chats)).toBeVisible()
    }
    await go(page, '/settings/security')
    const beside = await page.context().newPage()
    await beside.goto(new URL('/settings/appearance', page.url()).href)
    await expect(beside.getByRole('heading', { name: 'Appearance' })).toBeVisible()
    await button(page, 'Change Password').click()
    const dialog = page.getByRole('dialog', { name: 'Change your password' })
    await dialog.getByLabel('New password').fill('short')
    await button(page, 'Change password').click()
    await expect(dialog.getByText('Your password so far is still missing.')).toBeVisible()
    await dialog.getByLabel('Password now').fill('not this one, surely')
    await dialog.getByLabel('New password').fill(OTHER)
    await passes(page, 'password, being changed')
    await button(page, 'Change password').click()
    await expect(dialog.getByText('That isn’t your password. Try again.')).toBeVisible()
    await dialog.getByLabel('Password now').fill(PASSWORD)
    await button(page, 'Change password').click()
    // The one that the account was made in, too.
    await expect(page.getByText('Your password is changed. 2 other devices are signed out.')).toBeVisible()
    await expect(page.getByText('Changed today')).toBeVisible()
    await expect(other.getByText('Sign in to carry on here. What you were writing is kept.')).toBeVisible()
    // Another page of this browser goes on as well, with a line that works.
    await expect(beside.getByRole('heading', { name: 'Appearance' })).toBeVisible()
    await beside.close()
    await go(page, '/')
    await expect(page.getByRole('heading', chats)).toBeVisible()
    await signOut(page)
    await page.getByRole('textbox', { name: 'Username' }).fill('samuel')
    await page.getByRole('textbox', { name: 'Password' }).fill(OTHER)
    await button(page, 'Sign in').click()
    await expect(page.getByRole('heading', chats)).toBeVisible()
  },
)

test('an address is set, confirmed by its digits, and removed', { tag: '@phone' }, async ({ house, watch }) => {
  watch.allow(/status of 403/)
  const { server, visit } = await house()
  await newAccount(server, 'amara')
  const page = await visit('/sign-in')
  await signIn(page, 'amara')
  await expect(page.getByRole('heading', chats)).toBeVisible()
  await go(page, '/settings/security')
  await button(page, 'Add Email').click()
  await page.getByRole('textbox', { name: 'Email address' }).fill('amara@example')
  await button(page, 'Send the code').click()
  await expect(page.getByText('That address is missing its ending, like .de or .com.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Email address' }).fill('amara@example.org')
  await button(page, 'Send the code').click()
  await stepUp(page).getByLabel('Your password').fill(PASSWORD)
  await button(page, 'Confirm').click()
  const dialog = page.getByRole('dialog', { name: 'Look in your mail' })
  await expect(dialog).toBeVisible()
  await passes(page, 'digits of a mail')
  const mail = await mailTo(server, 'verification', 'amara@example.org')
  expect(linkIn(mail, '/confirm')).toContain('#')
  const digits = /^\s*(\d{3} ?\d{3})\s*$/m.exec(mail)?.[1] ?? ''
  await dialog.getByRole('textbox', { name: 'Six-digit code' }).fill(digits)
  await expect(page.getByText('Confirmed', { exact: true })).toBeVisible()
  await button(page, 'Edit Email').click()
  await button(page, 'Remove the address').click()
  await expect(button(page, 'Add Email')).toBeVisible()
})

test('without a line an act says so, and nothing is lost', async ({ house, watch }) => {
  watch.allow(awayNoise)
  const { server, visit } = await house()
  await newAccount(server, 'mateo')
  const page = await visit('/sign-in')
  await signIn(page, 'mateo')
  await expect(page.getByRole('heading', chats)).toBeVisible()
  await go(page, '/settings/security')
  await button(page, 'Turn on Authenticator app').click()
  const password = stepUp(page).getByLabel('Your password')
  await password.fill(PASSWORD)
  await page.context().setOffline(true)
  await password.press('Enter')
  await expect(stepUp(page).getByText('You’re offline. Try again when you’re back.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(stepUp(page)).toBeHidden()
  await expect(button(page, 'Turn on Authenticator app')).toBeFocused()
})

test('another service is linked and unlinked', { tag: '@phone' }, async ({ house }) => {
  const there = await startOtherService()
  const { server, visit } = await house({ config: { providers: [there.settings] } })
  there.admit(`${server.url}/back`)
  there.sits({ sub: 'one', name: 'Priya' })
  await newAccount(server, 'priya')
  // By the address that the other service sends browsers back to.
  const page = await visit('/sign-in')
  await page.goto(`${server.url}/sign-in`)
  await signIn(page, 'priya')
  await expect(page.getByRole('heading', chats)).toBeVisible()
  await go(page, '/settings/security')
  await expect(button(page, 'Link The other place')).toBeVisible()
  await passes(page, 'security, with a service that could be linked')
  await button(page, 'Link The other place').click()
  await stepUp(page).getByLabel('Your password').fill(PASSWORD)
  await button(page, 'Confirm').click()
  await expect(page).toHaveURL(/\/settings\/security$/)
  await expect(page.getByText('The account is linked')).toBeVisible()
  await button(page, 'Unlink The other place').click()
  await page.getByRole('dialog', { name: 'Unlink The other place?' }).getByRole('button', { name: 'Unlink' }).click()
  await stepUp(page).getByLabel('Your password').fill(PASSWORD)
  await button(page, 'Confirm').click()
  await expect(button(page, 'Link The other place')).toBeVisible()
  await there.stop()
})

test('who has nothing to show acts freely for ten minutes, then signs in anew', async ({ house, watch }) => {
  watch.allow(/status of 403/)
  let ahead = 0
  const { server, url, visit } = await house({ clock: () => Date.now() + ahead })
  const sofia = await server.person('sofia')
  const page = await visit('/settings/security', { storageState: signedIn(url, sofia) })
  await button(page, 'Turn on Authenticator app').click()
  const dialog = page.getByRole('dialog', { name: 'Set up your authenticator app' })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  ahead = 11 * 60_000
  await page.reload()
  await button(page, 'Turn on Authenticator app').click()
  await expect(stepUp(page).getByText(/^You have no password here/)).toBeVisible()
  await passes(page, 'step-up, with nothing to show')
  await stepUp(page).getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
})

async function byRecovery(page: Page, code: string): Promise<void> {
  await signIn(page, 'noor.h')
  await button(page, 'Use a recovery code instead').click()
  await page.getByRole('textbox', { name: 'Recovery code' }).fill(code.toUpperCase())
  await button(page, 'Confirm').click()
}

async function signOut(page: Page): Promise<void> {
  await go(page, '/you')
  await button(page, 'Sign out').first().click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
}

const go = (page: Page, path: string) => page.goto(new URL(path, page.url()).href).then(() => undefined)
