import type { UserId } from '@connectly/protocol'
import { newLink } from '../../kernel/links.ts'
import type { Services } from '../../kernel/services.ts'
import type { Write } from '../../store/store.ts'

/** How long an invitation is good, in ms. */
export const INVITATION_LIFE = 7 * 24 * 60 * 60 * 1000

/** Who invites, with which words to themselves, and to what. */
export type Invited = {
  by: UserId | null
  now: number
  note: string
  /** Whoever uses it runs the server. */
  isAdmin?: boolean
  /** It is void as soon as somebody runs the server. */
  isFirst?: boolean
}

/** An invitation, and what writes it; its link is `invitationUrl`. */
export function newInvitation({ by, now, note, isAdmin, isFirst }: Invited): { linkId: string; write: Write } {
  const data = { note, ...(isAdmin && { isAdmin }), ...(isFirst && { isFirst }) }
  return newLink({ purpose: 'invitation', userId: by, now, life: INVITATION_LIFE, data })
}

/** The link to hand on. */
export const invitationUrl = ({ seals, url }: Pick<Services, 'seals' | 'url'>, linkId: string): string =>
  `${url()}/sign-up?invitation=${seals.linkToken(linkId)}`
