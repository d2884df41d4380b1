import { dialog, room, seen, text, type Chapter } from '../screen.ts'
import { amaraOpened, button, chatMenu, details, lisbonOpened, memberMenu, newGroup, search } from './steps.ts'

const [stepOne, stepTwo] = [[24, 1817, 452, 623] as const, [494, 1817, 452, 623] as const]

export const chats: Chapter = {
  title: 'Chats',
  screens: [
    { name: 'chats', mockup: 'chat-list', path: '/', open: (page) => text(page, '明日の資料') },
    {
      name: 'chats, unread',
      mockup: 'chat-list',
      path: '/',
      open: async (page) => {
        await text(page, '明日の資料')
        await page.getByRole('group', { name: 'Show' }).getByText('Unread').click()
      },
    },
    {
      name: 'chats, none yet',
      mockup: 'states',
      crop: [23, 813, 452, 358],
      as: 'ida',
      path: '/',
      open: (page) => text(page, 'It’s quiet in here'),
    },
    {
      name: 'chats, nothing found',
      mockup: 'states',
      crop: [965, 813, 452, 358],
      path: '/',
      open: async (page) => {
        await search(page, 'ferrry')
        await text(page, 'Nothing for “ferrry”')
      },
    },
    {
      name: 'chats, people found',
      path: '/',
      open: async (page) => {
        await search(page, 'samuel')
        await text(page, 'Samuel Mensah')
      },
    },
    {
      name: 'new chat',
      path: '/?new',
      open: (page) => dialog(page, 'New chat'),
    },
    {
      name: 'menu of a chat in the list',
      path: '/',
      open: async (page) => {
        await page.getByRole('link', { name: /Sunday runners/ }).click({ button: 'right' })
        await seen(page.getByRole('menu'))
      },
    },
    {
      name: 'direct room',
      mockup: 'chat',
      path: room('amara'),
      open: async (page) => {
        await amaraOpened(page)
        await seen(page.getByRole('region', { name: 'Conversation' }).getByText('typing'))
      },
    },
    {
      name: 'direct room, menu',
      path: room('amara'),
      open: async (page) => {
        await amaraOpened(page)
        await chatMenu(page)
      },
    },
    {
      name: 'mention, people to choose',
      path: room('lisbon'),
      open: async (page) => {
        await lisbonOpened(page)
        await page.getByRole('textbox', { name: 'Message' }).pressSequentially('Ask @m')
        await seen(page.getByLabel('People to mention').getByText('Mateo Rossi'))
      },
    },
  ],
}

export const groups: Chapter = {
  title: 'Groups',
  screens: [
    { name: 'group room', mockup: 'group', path: room('lisbon'), open: lisbonOpened },
    { name: 'group room, details open', mockup: 'group', path: room('lisbon'), open: details },
    {
      name: 'group room, menu',
      path: room('lisbon'),
      open: async (page) => {
        await lisbonOpened(page)
        await chatMenu(page)
      },
    },
    { name: 'member menu', path: room('lisbon'), open: (page) => memberMenu(page, 'Mateo Rossi') },
    { name: 'new group, who', mockup: 'group-edit', crop: stepOne, path: '/', open: newGroup },
    {
      name: 'new group, name missing',
      mockup: 'group-edit',
      crop: stepTwo,
      path: '/',
      open: async (page) => {
        await newGroup(page)
        await button(page, 'Next').click()
        await button(page, 'Create group').click()
        await text(page, 'Give it a name')
      },
    },
    {
      name: 'edit group',
      mockup: 'group-edit',
      crop: [0, 0, 1440, 1754],
      path: (world) => `/r/${world.rooms.lisbon}/edit`,
      open: (page) => text(page, 'Hand it over'),
    },
    {
      name: 'add people',
      path: room('lisbon'),
      open: async (page) => {
        await lisbonOpened(page)
        await chatMenu(page, 'Add people')
        await dialog(page)
      },
    },
  ],
}
