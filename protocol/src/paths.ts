/**
 * Pages of the web client that mails lead to. What a link opens by stands behind a `#`: a browser keeps
 * that part to itself, so no log of a server and no other page learns it.
 */
export const linkPaths = {
  confirm: '/confirm',
  reset: '/reset',
  notMe: '/not-me',
  stay: '/stay',
} as const
export type LinkPath = keyof typeof linkPaths

/** Pages that mails name without a token. */
export const pagePaths = { signIn: '/sign-in', askReset: '/forgot', security: '/settings/security' } as const

/** The address of a link: where this server is, without a slash at the end, its page, and its token. */
export const linkUrl = (url: string, path: LinkPath, token: string): string => `${url}${linkPaths[path]}#${token}`
