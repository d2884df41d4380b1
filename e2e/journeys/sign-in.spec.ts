import { addAuthenticator, newAccount, totp } from '../support/accounts.ts'
import { passes } from '../support/axe.ts'
import { test } from '../support/house.ts'
import { PASSWORD, signIn } from '../support/people.ts'
import { expect } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'
import type { Page } from '@playwright/test'

const chats = { name: 'Chats', level: 1 } as const
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test('what a browser fills in is told to it', async ({ house }) => {
  const { visit } = await house()
  const page = await visit('/sign-in')
  const username = page.getByRole('textbox', { name: 'Email or username' })
  await expect(username).toHaveAttribute('autocomplete', 'username webauthn')
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'current-password')
  await page.goto(`${new URL(page.url()).origin}/sign-up`)
  await expect(page.getByRole('textbox', { name: 'Username' })).toHaveAttribute('autocomplete', 'username')
  await expect(page.getByRole('textbox', { name: 'Email' })).toHaveAttribute('autocomplete', 'email')
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'new-password')
})

test(
  'a wrong password is told in words, and after some tries one waits, and sees how long',
  { tag: '@phone' },
  async ({ house, watch }) => {
    watch.allow(/status of (?:401|429)/)
    const { server, visit } = await house()
    await newAccount(server, 'amara')
    const page = await visit('/sign-in')
    await button(page, 'Sign in').click()
    await expect(page.getByText('Your username or email is still missing.')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Email or username' })).toBeFocused()
    await page.getByRole('textbox', { name: 'Email or username' }).fill('amara')
    const password = page.getByLabel('Password', { exact: true })
    const alert = page.getByRole('alert')
    for (let n = 0; n < 12 && !(await page.getByRole('button', { name: /^Go on in/ }).isVisible()); n += 1) {
      await password.fill(`wrong the ${n}th time`)
      await button(page, 'Sign in').click()
      await expect(alert).toHaveText(
        /^(?:That username and password don’t match\. Try again, or reset your password\.|Too many tries\..*)$/,
      )
      await expect(password).toBeFocused()
      await expect(password).toHaveAccessibleDescription(/reset your password/)
      await expect(button(page, 'Sign in').or(page.getByRole('button', { name: /^Go on in/ }))).not.toHaveAttribute(
        'aria-busy',
      )
    }
    await expect(alert).toHaveText(/^Too many tries\. You can go on at (?:.* )?\d\d:\d\d, or reset your password\.$/)
    const wait = page.getByRole('button', { name: /^Go on in \d+ seconds?$/ })
    await expect(wait).toHaveAttribute('aria-disabled', 'true')
    await passes(page, 'wait')
    const first = await wait.textContent()
    await expect.poll(() => wait.textContent()).not.toBe(first)
    // The form is not sent by the key either.
    await password.press('Enter')
    await expect(page.getByRole('link', { name: 'Forgot it?' })).toBeVisible()
  },
)

test('without a line it says so, and goes on when there is one', async ({ house, watch }) => {
  watch.allow(awayNoise)
  const { server, visit } = await house()
  await newAccount(server, 'amara')
  const page = await visit('/sign-in')
  await expect(button(page, 'Sign in')).toBeVisible()
  await page.context().setOffline(true)
  await signIn(page, 'amara')
  await expect(page.getByText('You’re offline. Try again when you’re back.')).toBeVisible()
  await page.context().setOffline(false)
  await button(page, 'Sign in').click()
  await expect(page.getByRole('heading', chats)).toBeVisible()
})

test(
  'two-step sign-in asks for six digits, takes them as they are pasted, and knows a browser that is trusted',
  { tag: '@phone' },
  async ({ house, watch }) => {
    watch.allow(/status of (?:401|403)/)
    const { server, visit } = await house()
    const person = await newAccount(server, 'noor.h')
    const { key } = await addAuthenticator(server, person)
    const page = await visit('/sign-in')
    await signIn(page, 'noor.h')
    await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible()
    await expect(page.getByText('for noor.h.')).toBeVisible()
    const code = page.getByRole('textbox', { name: 'Six-digit code' })
    await expect(code).toBeFocused()
    await expect(code).toHaveAttribute('autocomplete', 'one-time-code')
    await expect(code).toHaveAttribute('inputmode', 'numeric')
    await passes(page, 'second step')

    const right = totp(key, Date.now())
    await code.pressSequentially(right === '000000' ? '111111' : '000000')
    await expect(
      page.getByText('That code didn’t match. Codes change every 30 seconds, so use the newest.'),
    ).toBeVisible()
    await expect(code).toBeFocused()
    await expect(code).toHaveValue('')
    await passes(page, 'second step, wrong')
    await page.getByRole('switch', { name: 'Trust this browser for 30 days' }).check()
    await code.focus()
    await paste(page, `Your code is ${right.slice(0, 3)} ${right.slice(3)}`)
    await expect(page.getByRole('heading', chats)).toBeVisible()

    await page.context().clearCookies({ name: 'connectly' })
    await page.reload()
    await signIn(page, 'noor.h')
    await expect(page.getByRole('heading', chats)).toBeVisible()
  },
)

test('a recovery code opens the door once', { tag: '@phone' }, async ({ house, watch }) => {
  watch.allow(/status of 403/)
  const { server, visit } = await house()
  const { recoveryCodes } = await addAuthenticator(server, await newAccount(server, 'samuel'))
  const code = recoveryCodes[0] ?? ''
  for (const opens of [true, false]) {
    const page = await visit('/sign-in')
    await signIn(page, 'samuel')
    await button(page, 'Use a recovery code instead').click()
    const field = page.getByRole('textbox', { name: 'Recovery code' })
    await expect(field).toBeFocused()
    await passes(page, 'recovery code')
    await field.fill(code.toUpperCase())
    await button(page, 'Confirm').click()
    await expect(
      opens
        ? page.getByRole('heading', chats)
        : page.getByText('That code didn’t match, or was used before. Try another.'),
    ).toBeVisible()
    if (opens) continue
    await button(page, 'Sign in as someone else').click()
    await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  }
})

test('who takes too long for the second step begins again, and is told why', async ({ house, watch }) => {
  watch.allow(/status of 410/)
  let now = Date.now()
  const { server, visit } = await house({ clock: () => now })
  const { key } = await addAuthenticator(server, await newAccount(server, 'ida'))
  const page = await visit('/sign-in')
  await signIn(page, 'ida')
  await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible()
  now += 11 * 60 * 1000
  await page.getByRole('textbox', { name: 'Six-digit code' }).fill(totp(key, now))
  await expect(page.getByText('That took too long. Sign in again.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
})

test('with nothing but a keyboard one gets through both steps', async ({ house }) => {
  const { server, visit } = await house()
  const { key } = await addAuthenticator(server, await newAccount(server, 'keys'))
  const page = await visit('/sign-in')
  await page.getByRole('textbox', { name: 'Email or username' }).focus()
  await page.keyboard.type('keys')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Six-digit code' })).toBeFocused()
  await page.keyboard.type(totp(key, Date.now()))
  await expect(page.getByRole('heading', chats)).toBeVisible()
})

/** As a browser pastes: one change, of whatever was in the clipboard. */
const paste = (page: Page, text: string): Promise<void> => page.keyboard.insertText(text)
