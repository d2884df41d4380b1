import { newId } from '@connectly/server/test-kit'
import { holdAnswer, refuseOnce } from '../../support/frames.ts'
import { composer, say } from '../../support/room.ts'
import { room, seen, text, type Chapter } from '../screen.ts'
import { amaraOpened, cut, offline, slowDown } from './steps.ts'

/** The banner of a lost line comes after four seconds. */
const LINE_LOST = 20_000

export const states: Chapter = {
  title: 'States',
  screens: [
    {
      name: 'connecting again',
      mockup: 'states',
      crop: [965, 119, 452, 352],
      path: room('amara'),
      open: async (page, scene) => {
        await amaraOpened(page)
        cut(scene)
        await say(page, 'Leaving now, see you at the clock')
        await page
          .getByText(/^Connecting again/)
          .first()
          .waitFor({ timeout: LINE_LOST })
      },
    },
    {
      name: 'offline, messages wait',
      mockup: 'states',
      crop: [23, 519, 452, 246],
      path: room('amara'),
      open: async (page) => {
        await amaraOpened(page)
        await offline(page)
        await text(page, /^You’re offline/)
        await say(page, 'Two stops away', 'Save me a seat on the left')
      },
    },
    {
      name: 'offline, nothing stored',
      mockup: 'states',
      crop: [494, 1218, 452, 364],
      path: '/',
      open: async (page) => {
        const link = page.getByRole('link', { name: /Lisbon in May/ })
        await seen(link)
        await offline(page)
        await link.click()
        await text(page, /We’ll load this/)
      },
    },
    {
      name: 'something broke',
      mockup: 'states',
      crop: [23, 1218, 452, 364],
      path: room('lisbon'),
      before: (page) => refuseOnce(page, 'sync.head', 'Internal'),
      open: (page) => text(page, 'That didn’t load'),
    },
    {
      name: 'not found',
      mockup: 'states',
      crop: [965, 1218, 452, 364],
      path: () => `/r/${newId()}`,
      open: (page) => text(page, 'This page wandered off'),
    },
    {
      name: 'slow down',
      mockup: 'states',
      crop: [965, 519, 452, 246],
      path: room('amara'),
      before: slowDown,
      open: async (page) => {
        await amaraOpened(page)
        await say(page, 'last one I promise')
        await page.getByPlaceholder('Take a breath').waitFor()
      },
    },
    {
      name: 'signed out',
      mockup: 'dialogs',
      crop: [24, 2920, 1392, 542],
      isOwnSession: true,
      path: room('amara'),
      open: async (page, { me }) => {
        await amaraOpened(page)
        await composer(page).fill('I’ll bring the thermos and')
        await me?.leave()
        await text(page, /Sign in to carry on here/)
      },
    },
    {
      name: 'loading a room',
      mockup: 'states',
      crop: [494, 119, 452, 352],
      path: '/',
      before: (page) => holdAnswer(page, 'sync.head', new Promise(() => {})),
      open: async (page) => {
        await page.getByRole('link', { name: /Lisbon in May/ }).click()
        await page.getByText('Loading messages').waitFor({ state: 'attached' })
      },
    },
  ],
}
