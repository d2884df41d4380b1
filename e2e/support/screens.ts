import { askToTalk, type LocalId, type RequestId } from '@connectly/protocol'
import { newId } from '@connectly/server/test-kit'
import { expect, type Page } from '@playwright/test'
import { refuseOnce } from './frames.ts'
import { messages, row, say, writeHalfALetter } from './room.ts'
import { seedMessages } from './seed.ts'
import { test as base, type Someone } from './test.ts'

/** A screen in one of its states, and how one gets there from its address. */
export type Screen = { name: string; path: string; reach: (page: Page) => Promise<unknown> }

type Town = {
  /** Has a chat, a group, and requests both ways. */
  amara: Someone
  /** Nobody has written to them yet. */
  newcomer: Someone
  /** What nobody in particular sees, what a newcomer sees, and what Amara sees: every screen in every state. */
  screens: { outside: readonly Screen[]; empty: readonly Screen[]; full: readonly Screen[] }
}

export const test = base.extend<{ town: Town }>({
  town: async ({ friends, group, someone, server }, use) => {
    const [amara, benoit, roomId] = await friends()
    const groupId = await group('Lisbon in May', amara, [benoit])
    await seedMessages(server, groupId, [amara, benoit], 30)
    const [chidi, dana, newcomer] = [await someone('chidi'), await someone('dana'), await someone('nadia')]
    const [received, sent] = [await ask(chidi, amara), await ask(amara, dana)]
    const full: Screen[] = [
      {
        name: 'chats',
        path: '/',
        reach: (page) => expect(page.getByRole('link', { name: benoit.name }).first()).toBeVisible(),
      },
      ...searching(newcomer.name),
      { name: 'a room', path: `/r/${roomId}`, reach: (page) => expect(row(page, 'Hello there')).toBeVisible() },
      ...inAGroup(`/r/${groupId}`),
      ...requests(received, sent, chidi.name),
      { name: 'you', path: '/you', reach: (page) => title(page, 'You') },
      {
        name: 'a room that is not there',
        path: `/r/${newId()}`,
        reach: (page) => title(page, 'This page wandered off'),
      },
      { name: 'a room that did not load', path: `/r/${roomId}`, reach: failToLoad },
      {
        name: 'a room while offline',
        path: `/r/${roomId}`,
        reach: async (page) => {
          await expect(row(page, 'Hello there')).toBeVisible()
          await page.context().setOffline(true)
          await expect(page.getByText(/^You’re offline/)).toBeVisible()
        },
      },
    ]
    await use({ amara, newcomer, screens: { outside, empty, full } })
  },
})

const title = (page: Page, name: string) => expect(page.getByRole('heading', { level: 1, name })).toBeVisible()

const outside: readonly Screen[] = [
  { name: 'signing in', path: '/sign-in', reach: (page) => title(page, 'Welcome back') },
  {
    name: 'signing in to go on',
    path: '/sign-in?ended',
    reach: (page) => expect(page.getByRole('alert')).toBeVisible(),
  },
  {
    name: 'signing up, with something missing',
    path: '/sign-up',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Create account' }).click()
      await expect(page.getByText('A username is still missing.')).toBeVisible()
    },
  },
  { name: 'an address that is none', path: '/no/such/page', reach: (page) => title(page, 'This page wandered off') },
]

const empty: readonly Screen[] = [
  { name: 'no chats', path: '/', reach: (page) => expect(page.getByText('It’s quiet in here')).toBeVisible() },
  {
    name: 'no requests',
    path: '/requests',
    reach: (page) => expect(page.getByText('No one’s waiting')).toBeVisible(),
  },
]

const search = (page: Page, text: string) => page.getByRole('searchbox', { name: 'Search chats and people' }).fill(text)

function searching(stranger: string): Screen[] {
  const found = async (page: Page) => {
    await search(page, stranger)
    await expect(page.getByRole('button', { name: 'Ask to talk' })).toBeVisible()
  }
  return [
    { name: 'people found', path: '/', reach: found },
    {
      name: 'nothing found',
      path: '/',
      reach: async (page) => {
        await search(page, 'nobody.is.called.this')
        await expect(page.getByText(/^Nothing for/)).toBeVisible()
      },
    },
    {
      name: 'new chat',
      path: '/?new',
      reach: (page) => expect(page.getByRole('dialog', { name: 'New chat' })).toBeVisible(),
    },
    {
      name: 'asking somebody, with something missing',
      path: '/',
      reach: async (page) => {
        await found(page)
        await page.getByRole('button', { name: 'Ask to talk' }).click()
        await page.getByRole('button', { name: 'Send request' }).click()
        await expect(page.getByText('A few words are still missing.')).toBeVisible()
      },
    },
  ]
}

function inAGroup(path: string): Screen[] {
  const open = (page: Page) => expect(messages(page).getByText('message 30')).toBeVisible()
  return [
    {
      name: 'a group, with a link and a message that failed',
      path,
      reach: async (page) => {
        await open(page)
        await say(page, 'See https://example.org')
        await writeHalfALetter(page)
        await expect(messages(page).getByText('Not sent', { exact: true }).first()).toBeAttached()
      },
    },
    {
      name: 'a group, further up',
      path,
      reach: async (page) => {
        await open(page)
        await messages(page).evaluate((list) => (list.parentElement as HTMLElement).scrollTo(0, 0))
        await expect(page.getByRole('button', { name: 'Jump to newest' })).toBeVisible()
      },
    },
  ]
}

function requests(received: RequestId, sent: RequestId, asker: string): Screen[] {
  const list = (page: Page) => expect(page.getByRole('link', { name: asker })).toBeVisible()
  const button = (page: Page, name: string) => expect(page.getByRole('button', { name })).toBeVisible()
  return [
    { name: 'requests', path: '/requests', reach: list },
    { name: 'a request received', path: `/requests/${received}`, reach: (page) => button(page, 'Accept') },
    { name: 'a request sent', path: `/requests/${sent}`, reach: (page) => button(page, 'Take back') },
  ]
}

async function failToLoad(page: Page): Promise<void> {
  await refuseOnce(page, 'sync.head', 'Internal')
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name)
  })
  await page.reload()
  await expect(page.getByRole('heading', { name: 'That didn’t load' })).toBeVisible()
}

async function ask(from: Someone, to: Someone): Promise<RequestId> {
  const request = { toId: to.userId, text: 'May I write to you?', localId: newId<LocalId>() }
  return (await from.ask(askToTalk, request)).requestId
}
