import { expect, type Page } from '@playwright/test'

/** What people choose when nobody watches: long enough, and on no list. */
export const PASSWORD = 'the tram goes uphill at eight'

export async function signUp(page: Page, username: string): Promise<void> {
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByRole('textbox', { name: 'Username' }).fill(username)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Chats' })).toBeVisible()
}

export async function signIn(page: Page, username: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Username' }).fill(username)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Finds somebody by the search over the chats, and opens the question to them. */
export async function findAndAsk(page: Page, name: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search chats and people' }).fill(name)
  const person = page.getByRole('region', { name: 'People' }).getByRole('listitem').filter({ hasText: name })
  await person.getByRole('button', { name: 'Ask to talk' }).click()
}

export async function sendRequest(page: Page, text: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Ask to talk' })
  await dialog.getByRole('textbox', { name: 'Message' }).fill(text)
  await dialog.getByRole('button', { name: 'Send request' }).click()
  await expect(dialog).toBeHidden()
}

/** Signs out where this screen has it: the menu at the rail's foot, or the phone's own page. */
export async function askToSignOut(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: 'Your profile' })
  if (await menu.isVisible()) {
    await menu.click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    return
  }
  const back = page.getByRole('link', { name: 'Back to chats' })
  if (await back.isVisible()) await back.click()
  await page.getByRole('link', { name: 'You' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
}
