import type { Page } from '@playwright/test'
import { addAuthenticator, newAccount } from '../support/accounts.ts'
import { passes } from '../support/axe.ts'
import { test } from '../support/house.ts'
import { addAuthenticatorTo, makePasskey } from '../support/passkeys.ts'
import { signIn } from '../support/people.ts'
import { expect } from '../support/test.ts'

const chats = { name: 'Chats', level: 1 } as const

test('a passkey signs in alone, with no name typed', { tag: '@phone' }, async ({ house }) => {
  const { server, visit } = await house()
  const page = await visit('/terms')
  await addAuthenticatorTo(page)
  await makePasskey(server, await newAccount(server, 'noor.h'), page)
  await offersNothing(page)
  await page.goto(`${new URL(page.url()).origin}/sign-in`)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('heading', chats)).toBeVisible()
})

test('a passkey that the browser offers where the name is typed signs in', async ({ house }) => {
  const { server, visit } = await house()
  const page = await visit('/terms')
  // This one takes what is offered.
  await addAuthenticatorTo(page)
  await makePasskey(server, await newAccount(server, 'linh'), page)
  await page.goto(`${new URL(page.url()).origin}/sign-in`)
  await expect(page.getByRole('heading', chats)).toBeVisible()
})

test('a passkey that is not shown says so, and the password is still there', async ({ house }) => {
  const { server, visit } = await house()
  await newAccount(server, 'amara')
  const page = await visit('/sign-in')
  // There is none in this browser.
  await addAuthenticatorTo(page)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByText('The passkey wasn’t used. Try again, or sign in with your password.')).toBeVisible()
  await signIn(page, 'amara')
  await expect(page.getByRole('heading', chats)).toBeVisible()
})

test('a passkey stands for the second step', { tag: '@phone' }, async ({ house, watch }) => {
  watch.allow(/status of 403/)
  const { server, visit } = await house()
  const page = await visit('/terms')
  await addAuthenticatorTo(page)
  const samuel = await newAccount(server, 'samuel')
  await makePasskey(server, samuel, page)
  const { recoveryCodes } = await addAuthenticator(server, samuel)
  expect(recoveryCodes, 'they came with the passkey').toEqual([])
  await offersNothing(page)
  await page.goto(`${new URL(page.url()).origin}/sign-in`)
  await signIn(page, 'samuel')
  await page.getByRole('button', { name: 'Use a passkey instead' }).click()
  await expect(page.getByRole('heading', { name: 'One more step' })).toBeFocused()
  await passes(page, 'second step by passkey')
  await page.getByRole('button', { name: 'Use your passkey' }).click()
  await expect(page.getByRole('heading', chats)).toBeVisible()
})

/** From the next page on: a browser that does not offer passkeys by itself. */
const offersNothing = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
  })
