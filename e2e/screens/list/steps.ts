import type { Locator, Page } from '@playwright/test'
import { messages } from '../../support/room.ts'
import { dialog, seen, type Scene } from '../screen.ts'

/* What several screens begin with. */

export const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name }).first()

/** A message of the open room, by the words in it. */
export const said = (page: Page, words: string): Locator =>
  messages(page).getByRole('listitem').filter({ hasText: words }).last()

export const lisbonOpened = (page: Page): Promise<void> => seen(said(page, 'Terminal at 7:25'))
export const amaraOpened = (page: Page): Promise<void> => seen(said(page, 'The 7:40 is the one'))

/** Opens a message's menu and, where asked, does one thing of it. */
export async function messageMenu(page: Page, words: string, act?: string): Promise<void> {
  const message = said(page, words)
  await seen(message)
  await message.scrollIntoViewIfNeeded()
  await message
    .locator('.bubble')
    .first()
    .click({ button: 'right', position: { x: 12, y: 8 } })
  const menu = page.getByRole('dialog')
  await seen(menu)
  if (!act) return
  await menu
    .getByRole('menuitem', { name: act })
    .or(menu.getByRole('button', { name: act }))
    .first()
    .click()
}

/** Opens the open room's menu and, where asked, does one thing of it. */
export async function chatMenu(page: Page, act?: string): Promise<void> {
  await page.getByRole('button', { name: 'Chat menu' }).click()
  await seen(page.getByRole('menu'))
  if (act) await page.getByRole('menuitem', { name: act }).click()
}

/** Shows a room's details, however this width does it. */
export async function details(page: Page): Promise<void> {
  const members = page.getByRole('region', { name: 'Members' })
  await lisbonOpened(page)
  if (!(await members.isVisible())) await page.getByRole('button', { name: /^Open details of/ }).click()
  await seen(members.getByText('Priya Raman'))
}

/** Opens the menu of somebody among the members. */
export async function memberMenu(page: Page, name: string, act?: string): Promise<void> {
  await details(page)
  await page.getByRole('region', { name: 'Members' }).getByRole('button', { name }).first().click()
  await seen(page.getByRole('menu'))
  if (act) await page.getByRole('menuitem', { name: act }).click()
}

/** The first step of a new group, with three people picked. */
export async function newGroup(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).first().click()
  await dialog(page)
  await page.getByRole('dialog').getByRole('button', { name: 'New group' }).click()
  const who = page.getByRole('dialog', { name: 'Who’s coming?' })
  await seen(who)
  for (const name of ['Amara Okafor', '森 健司', 'ليلى منصور']) await who.getByRole('checkbox', { name }).check()
}

export const search = (page: Page, words: string): Promise<void> =>
  page.getByRole('searchbox', { name: 'Search chats and people' }).fill(words)

/** Answers the next messages with "slow down", in the server's place. To be laid before the page opens. */
export async function slowDown(page: Page): Promise<void> {
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((frame) => {
      const asked = /^42(\d+)\["ask","messages\.send"/.exec(String(frame))
      if (!asked) return server.send(frame)
      const refusal = { code: 'TooManyRequests', params: { retryAfter: 8 }, requestId: 'a-request' }
      socket.send(`43${asked[1]}${JSON.stringify([{ ok: false, refusal }])}`)
    })
  })
}

/** The network of this device is away. */
export const offline = (page: Page): Promise<void> => page.context().setOffline(true)

/** The server does not answer any longer. */
export const cut = (scene: Scene): void => scene.wire.cut()
