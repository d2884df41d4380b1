import { room, dialog, seen, text, type Chapter } from '../screen.ts'
import { writeHalfALetter } from '../../support/room.ts'
import { amaraOpened, lisbonOpened, messageMenu, said } from './steps.ts'

export const messageActs: Chapter = {
  title: 'Messages',
  screens: [
    {
      name: 'message menu',
      mockup: 'message-actions',
      crop: [24, 143, 921, 796],
      phoneCrop: [964, 143, 452, 796],
      path: room('lisbon'),
      open: (page) => messageMenu(page, 'Final version'),
    },
    {
      name: 'message menu, one’s own',
      mockup: 'message-actions',
      crop: [24, 1710, 452, 439],
      path: room('lisbon'),
      open: (page) => messageMenu(page, 'Meet under the clock at 7:25'),
    },
    {
      name: 'message tools under a mouse',
      mockup: 'message-actions',
      crop: [964, 1710, 452, 400],
      path: room('amara'),
      open: async (page, { size }) => {
        await amaraOpened(page)
        // There is no mouse on a phone.
        if (size.isPhone) return
        await said(page, 'Let me look').locator('.bubble').hover()
        await seen(page.getByRole('toolbar', { name: 'Message tools' }))
      },
    },
    {
      name: 'selecting',
      mockup: 'message-actions',
      crop: [24, 995, 921, 659],
      phoneCrop: [964, 995, 452, 659],
      path: room('lisbon'),
      open: async (page) => {
        await messageMenu(page, 'Final version', 'Select')
        await text(page, '1 selected')
        await said(page, 'Terminal at 7:25').locator('.bubble').click()
        await text(page, '2 selected')
      },
    },
    {
      name: 'reply',
      path: room('amara'),
      open: async (page) => {
        await messageMenu(page, 'The 7:40 is the one', 'Reply')
        await text(page, 'Reply to Amara')
      },
    },
    {
      name: 'edit',
      path: room('lisbon'),
      open: async (page) => {
        await messageMenu(page, 'Meet under the clock at 7:25', 'Edit')
        await text(page, 'Edit message')
      },
    },
    {
      name: 'versions',
      mockup: 'info',
      crop: [499, 142, 442, 570],
      path: room('lisbon'),
      open: async (page) => {
        const mine = said(page, 'Meet under the clock at 7:25')
        await mine.getByText('edited').click()
        await dialog(page, 'Earlier versions')
        await text(page, 'Nothing changed on the way')
      },
    },
    {
      name: 'info',
      mockup: 'info',
      crop: [30, 142, 440, 604],
      path: room('lisbon'),
      open: async (page) => {
        await messageMenu(page, 'Meet under the clock at 7:25', 'Message info')
        await text(page, /^Read by/)
      },
    },
    {
      name: 'delete a message',
      mockup: 'dialogs',
      crop: [500, 1032, 440, 340],
      path: room('lisbon'),
      open: async (page) => {
        await messageMenu(page, 'Meet under the clock at 7:25', 'Delete')
        await dialog(page, 'Delete this message?')
      },
    },
    {
      name: 'a message that didn’t send',
      mockup: 'states',
      crop: [494, 519, 452, 246],
      path: room('amara'),
      open: async (page) => {
        await amaraOpened(page)
        await writeHalfALetter(page)
        await text(page, 'Try again')
      },
    },
    {
      name: 'further up',
      path: room('lisbon'),
      open: async (page) => {
        await lisbonOpened(page)
        await page.getByRole('list', { name: 'Messages' }).evaluate((list) => list.parentElement?.scrollTo(0, 0))
        await seen(page.getByRole('button', { name: /^Jump to newest/ }))
      },
    },
  ],
}
