import { dialog, room, seen, text, type Chapter, type Screen } from '../screen.ts'
import { amaraOpened } from './steps.ts'

const settings = (section: string, heading: string, mockup?: string): Screen => ({
  name: `settings, ${section}`,
  ...(mockup && { mockup }),
  path: `/settings/${section}`,
  open: (page) => seen(page.getByRole('heading', { name: heading })),
})

export const people: Chapter = {
  title: 'People, requests and settings',
  screens: [
    {
      name: 'profile of somebody',
      mockup: 'profile',
      path: (world) => `/r/${world.rooms.amara}?profile=${world.people.amara.userId}`,
      open: (page) => text(page, 'Chasing first light'),
    },
    {
      name: 'profile, in a group',
      path: (world) => `/r/${world.rooms.lisbon}?profile=${world.people.mateo.userId}`,
      open: (page) => text(page, 'In Lisbon in May'),
    },
    { name: 'requests', mockup: 'requests', path: '/requests', open: (page) => text(page, 'Dae-jung Kim') },
    {
      name: 'requests, one open',
      mockup: 'requests',
      path: (world) => `/requests/${world.requests.received}`,
      open: (page) => seen(page.getByRole('button', { name: 'Accept' })),
    },
    {
      name: 'requests, one that was sent',
      path: (world) => `/requests/${world.requests.sent}`,
      open: (page) => seen(page.getByRole('button', { name: 'Take back' })),
    },
    {
      name: 'requests, none',
      mockup: 'states',
      crop: [494, 813, 452, 358],
      as: 'sofia',
      path: '/requests',
      open: (page) => text(page, 'No one’s waiting'),
    },
    {
      name: 'settings, none chosen',
      mockup: 'settings',
      path: '/settings',
      open: (page) => seen(page.getByRole('navigation', { name: 'Settings sections' })),
    },
    settings('profile', 'Profile'),
    settings('appearance', 'Appearance', 'settings'),
    settings('notifications', 'Notifications', 'settings-notifications'),
    settings('privacy', 'Privacy and blocking', 'settings-privacy'),
    settings('security', 'Security', 'settings-security'),
    settings('devices', 'Devices and passkeys', 'settings-sessions'),
    settings('data', 'Your data', 'settings-data'),
    { name: 'you', path: '/you', open: (page) => seen(page.getByRole('heading', { name: 'You' })) },
    {
      name: 'palette',
      mockup: 'palette',
      path: room('amara'),
      open: async (page) => {
        await amaraOpened(page)
        await page.keyboard.press('Control+k')
        await page.getByRole('combobox').fill('mat')
        await seen(page.getByRole('option'))
      },
    },
    {
      name: 'shortcuts',
      path: '/',
      open: async (page) => {
        await text(page, '明日の資料')
        await page.keyboard.press('Control+/')
        await dialog(page, 'Keyboard shortcuts')
      },
    },
  ],
}
