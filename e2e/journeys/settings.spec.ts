import { befriend } from '@connectly/server/test-kit'
import type { Page } from '@playwright/test'
import { chat, tick } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { signIn, signUp } from '../support/people.ts'
import { composer, row, say } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

test('settings act at once, and stay', async ({ someone }) => {
  const noor = await someone('noor')
  const page = await noor.open('/settings/appearance', { colorScheme: 'light' })
  const html = page.locator('html')
  await page.getByRole('radio', { name: 'Dark' }).check()
  await page.getByRole('radio', { name: 'Compact' }).check({ force: true })
  await page.getByRole('radio', { name: 'Reduced' }).check({ force: true })
  await page.getByRole('switch', { name: 'High contrast' }).check()
  await page.getByRole('slider', { name: 'Text size' }).fill('125')
  await page.getByRole('switch', { name: 'Enter sends' }).uncheck()
  await expect(page.getByText('Enter starts a new line, Ctrl Enter sends')).toBeVisible()
  await passes(page, 'appearance, dark, of high contrast')
  const kept = async () => {
    await expect(html).toHaveAttribute('data-theme', 'dark')
    await expect(html).toHaveAttribute('data-density', 'compact')
    await expect(html).toHaveAttribute('data-motion', 'reduced')
    await expect(html).toHaveAttribute('data-contrast', 'more')
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('20px')
  }
  await kept()
  await page.reload()
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked()
  await expect(page.getByRole('slider', { name: 'Text size' })).toHaveValue('125')
  await kept()
  await go(page, 'notifications')
  await page.getByRole('switch', { name: 'Play a sound' }).check()
  await passes(page, 'notifications')
  await page.reload()
  await expect(page.getByRole('switch', { name: 'Play a sound' })).toBeChecked()
  await go(page, 'profile')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Noor Haddad')
  await page.getByRole('textbox', { name: 'About you' }).fill('Tea over coffee.')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await passes(page, 'profile')
  await page.getByRole('button', { name: 'See it as others do' }).click()
  await expect(page.getByRole('dialog', { name: 'Profile: Noor Haddad' }).getByText('Tea over coffee.')).toBeVisible()
})

test('what one does not show is not seen: presence, reading, typing', async ({ someone, here, there }) => {
  const [noor, amara] = [await someone('noor'), await someone('amara')]
  const roomId = await befriend(noor, amara)
  const hers = await noor.open('/settings/privacy', { size: here })
  const theirs = await amara.open(`/r/${roomId}`, { size: there, colorScheme: 'dark' })
  const status = theirs.locator('.head__st')
  await expect(status).toHaveText('online')
  await hers.getByRole('combobox', { name: 'Last seen and online' }).selectOption('Nobody')
  await expect(status).toHaveText(`@${noor.name}`)
  await hers.getByRole('switch', { name: 'Read marks' }).uncheck()
  await hers.getByRole('switch', { name: 'Typing' }).uncheck()
  await passes(hers, 'privacy')
  await hers.reload()
  await expect(hers.getByRole('switch', { name: 'Typing' })).not.toBeChecked()
  await go(hers, 'privacy', `/r/${roomId}`)
  await say(theirs, 'Do you read me?')
  await expect(row(hers, 'Do you read me?')).toBeVisible()
  await composer(hers).pressSequentially('I write')
  await expect(tick(theirs, 'Do you read me?', 'Sent')).toBeAttached()
  await expect(status).toHaveText(`@${noor.name}`)
  await go(hers, 'privacy')
  await hers.getByRole('combobox', { name: 'Last seen and online' }).selectOption('Everyone')
  await hers.getByRole('switch', { name: 'Read marks' }).check()
  await hers.getByRole('switch', { name: 'Typing' }).check()
  await go(hers, 'privacy', `/r/${roomId}`)
  await theirs.reload()
  await expect(status).toHaveText('online')
  await say(theirs, 'And now?')
  await expect(tick(theirs, 'And now?', 'Read')).toBeAttached()
  await composer(hers).pressSequentially('Now I')
  await expect(status).toHaveText('typing')
})

test('ending the session of another device signs that one out at once, over the page it shows', async ({
  visit,
  someone,
  server,
  watch,
}) => {
  watch.allow(/401/)
  const amara = await someone('amara')
  const page = await visit('/sign-in', { size: 'desktop' })
  const name = `noor.${Date.now().toString(36)}`
  await signUp(page, name)
  const other = await visit('/sign-in', { size: 'phone', colorScheme: 'dark' })
  await signIn(other, name)
  await expect(other.getByRole('heading', { level: 1, name: 'Chats' })).toBeVisible()
  const cookie = (await page.context().cookies()).find((each) => each.name === 'connectly')
  const userId = await page.evaluate(() => localStorage.getItem('connectly.me'))
  const roomId = await befriend(amara, server.again(userId as typeof amara.userId, cookie?.value ?? ''))
  await chat(other, amara.name).click()
  await composer(other).fill('half a thought')
  await go(page, 'devices')
  await expect(page.getByText('This device', { exact: true }).first()).toBeVisible()
  await passes(page, 'devices')
  await page
    .getByRole('button', { name: /^Sign out / })
    .filter({ hasNotText: 'all' })
    .last()
    .click()
  await expect(page.getByText('You’re signed in nowhere else.')).toBeVisible()
  await expect(other.getByText('Sign in to carry on here. What you were writing is kept.')).toBeVisible({
    timeout: 5_000,
  })
  await passes(other, 'signed out')
  await signIn(other, name)
  await expect(other).toHaveURL(new RegExp(`/r/${roomId}$`))
  await expect(composer(other)).toHaveValue('half a thought')
})

/** Goes to a page of settings, or from there to elsewhere, as an address does. */
const go = (page: Page, section: string, path = `/settings/${section}`) =>
  page.goto(new URL(path, page.url()).href).then(() => undefined)
