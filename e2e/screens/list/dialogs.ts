import { dialog, room, seen, text, type Chapter } from '../screen.ts'
import { amaraOpened, button, chatMenu, lisbonOpened, memberMenu, said } from './steps.ts'

export const dialogs: Chapter = {
  title: 'Dialogs',
  screens: [
    {
      name: 'block somebody',
      mockup: 'dialogs',
      crop: [28, 1032, 440, 468],
      path: room('amara'),
      open: async (page) => {
        await amaraOpened(page)
        await chatMenu(page, 'Block')
        await text(page, 'Block Amara Okafor?')
      },
    },
    {
      name: 'a room with somebody blocked',
      path: room('joao'),
      open: async (page) => {
        await seen(said(page, 'Combinado'))
        await chatMenu(page, 'Block')
        await page.getByRole('dialog').or(page.getByRole('alertdialog')).getByRole('button', { name: 'Block' }).click()
        await text(page, 'You blocked João Almeida')
      },
    },
    {
      name: 'leave a group',
      mockup: 'dialogs',
      crop: [968, 2562, 444, 296],
      path: room('runners'),
      open: async (page) => {
        await seen(said(page, '8k along the river'))
        await chatMenu(page, 'Leave group')
        await text(page, 'Leave Sunday runners?')
      },
    },
    {
      name: 'the last owner hands over',
      mockup: 'dialogs',
      crop: [28, 1554, 442, 428],
      path: room('lisbon'),
      open: async (page) => {
        await lisbonOpened(page)
        await chatMenu(page, 'Leave group')
        await text(page, 'Hand the group over first')
      },
    },
    {
      name: 'hand a group over',
      mockup: 'group-edit',
      crop: [24, 2490, 687, 387],
      path: room('lisbon'),
      open: async (page) => {
        await memberMenu(page, 'Mateo Rossi', 'Hand over')
        await text(page, 'Make Mateo the owner?')
      },
    },
    {
      name: 'remove somebody',
      mockup: 'dialogs',
      crop: [500, 1554, 442, 400],
      path: room('lisbon'),
      open: async (page) => {
        await memberMenu(page, 'João Almeida', 'Remove')
        await text(page, /^Remove João/)
      },
    },
    {
      name: 'mute a chat',
      mockup: 'dialogs',
      crop: [500, 2038, 442, 418],
      path: room('lisbon'),
      open: async (page) => {
        await lisbonOpened(page)
        await chatMenu(page, 'Mute…')
        await dialog(page, /^Mute Lisbon/)
      },
    },
    {
      name: 'clear a chat',
      mockup: 'dialogs',
      crop: [968, 1032, 444, 325],
      path: room('sofia'),
      open: async (page) => {
        await seen(said(page, 'Sent you the pictures'))
        await chatMenu(page, 'Clear for me')
        await text(page, 'Clear this chat for you?')
      },
    },
    {
      name: 'a chat was cleared, with a way back',
      mockup: 'dialogs',
      crop: [968, 1032, 444, 325],
      path: room('sofia'),
      open: async (page) => {
        await seen(said(page, 'Sent you the pictures'))
        await chatMenu(page, 'Clear for me')
        await button(page, 'Clear chat').click()
        await seen(page.getByRole('button', { name: 'Undo' }))
      },
      after: (page) => page.getByRole('button', { name: 'Undo' }).click(),
    },
  ],
}
