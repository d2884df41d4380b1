/**
 * The addresses that the web client has screens for. Everything else is answered as not there before the client is even
 * loaded. `:…Id` stands for an id, `:section` for one of the settings' pages. `e2e/laws/screens.test.ts` holds this list
 * against the client's own routes.
 */
export const screenPaths: readonly string[] = [
  '/',
  '/sign-in',
  '/sign-up',
  '/guest',
  '/forgot',
  '/reset',
  '/not-me',
  '/confirm',
  '/back',
  '/stay-for-good',
  '/stay',
  '/you',
  '/requests',
  '/requests/:requestId',
  '/r/:roomId',
  '/r/:roomId/edit',
  '/r/:roomId/:messageId',
  '/settings',
  '/settings/:section',
]

/** What `:section` may be. */
export const settingsSections: readonly string[] = [
  'profile',
  'appearance',
  'notifications',
  'privacy',
  'security',
  'devices',
  'data',
  'server',
]

/** Whether the web client has a screen at this path. */
export const isScreen = (path: string): boolean => screens.test(path)

const screens = new RegExp(`^(?:${screenPaths.map(patternOf).join('|')})$`)

function patternOf(path: string): string {
  return path
    .replace(/:section\b/g, `(?:${settingsSections.join('|')})`)
    .replace(/:\w+Id\b/g, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')
}
