import { pagePaths } from '@connectly/protocol'

/** Where the pages for coming in are. What is behind the question mark goes along: the way back, and an invitation. */
export const entryPaths = {
  signIn: pagePaths.signIn,
  signUp: '/sign-up',
  forgot: pagePaths.askReset,
  guest: '/guest',
  confirm: '/confirm',
  stayForGood: '/stay-for-good',
} as const

export const withSearch = (path: string, search: URLSearchParams): string =>
  search.size > 0 ? `${path}?${search.toString()}` : path

/** Where somebody was going, within this page; the chats where they weren't. */
export function nextOf(search: URLSearchParams): string {
  const next = search.get('next') ?? '/'
  return /^\/(?![/\\])/.test(next) ? next : '/'
}
