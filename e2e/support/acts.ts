import { expect, type Locator, type Page } from '@playwright/test'
import { messages, row } from './room.ts'

/* What one does with chats, messages and people, in front of the screen and whatever its size. */

export const dialog = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('dialog', { name }).or(page.getByRole('alertdialog', { name }))

/** A chat in the list, by its name. */
export const chat = (page: Page, name: string): Locator =>
  page
    .getByRole('navigation', { name: 'Conversations' })
    .getByRole('link')
    .filter({ has: page.locator('.row__n').filter({ hasText: exactly(name) }) })

/** The message that says this, as a row of the room. */
export const said = (page: Page, text: string | RegExp): Locator =>
  messages(page)
    .locator('li[data-index]')
    .filter({ has: page.locator('.bubble__t').filter({ hasText: exactly(text) }) })
    .last()

const exactly = (text: string | RegExp): RegExp =>
  typeof text === 'string' ? new RegExp(`^${text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')}$`) : text

/** Opens a message's menu, as a right-click or a resting finger does, and presses something in it. */
export async function act(page: Page, message: Locator, name: string): Promise<void> {
  const menu = await openMenu(page, message)
  await menu
    .getByRole('menuitem', { name, exact: true })
    .or(menu.getByRole('button', { name, exact: true }))
    .click()
}

export async function openMenu(page: Page, message: Locator): Promise<Locator> {
  await message.locator('.bubble').click({ button: 'right', position: { x: 8, y: 8 } })
  const menu = page.getByRole('dialog', { name: /^(?:Your message|Message from)/ })
  await expect(menu).toBeVisible()
  return menu
}

/** Chooses in the menu of the open chat. */
export async function inChatMenu(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Chat menu' }).click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}

/** Chooses in the menu of a chat in the list. */
export async function inRowMenu(page: Page, chatName: string, name: string): Promise<void> {
  await chat(page, chatName).click({ button: 'right' })
  await page.getByRole('menuitem', { name, exact: true }).click()
}

/** The details of the open chat, opened if they are not. */
export async function details(page: Page, groupName: string): Promise<Locator> {
  const panel = page.getByRole('complementary', { name: 'Group details' })
  if (!(await panel.isVisible())) await page.getByRole('button', { name: `Open details of ${groupName}` }).click()
  await expect(panel).toBeVisible()
  return panel
}

/** Chooses in the menu of a member, in the details of a group. */
export async function inMemberMenu(page: Page, panel: Locator, member: string, name: string): Promise<void> {
  await panel.getByRole('button', { name: member }).click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}

/** How far a message of mine has come, by the words a reader hears. */
export const tick = (page: Page, text: string, state: 'Sending' | 'Sent' | 'Delivered' | 'Read'): Locator =>
  row(page, text).getByText(state, { exact: true })

/** Back to the list, where a phone shows one thing at a time. */
export async function toList(page: Page): Promise<void> {
  const back = page.getByRole('link', { name: 'Back to chats' })
  if (await back.isVisible()) await back.click()
}
