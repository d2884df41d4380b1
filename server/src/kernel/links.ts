import type { UserId } from '@connectly/protocol'
import { insert, must, remove, type Write } from '../store/store.ts'
import type { Context } from './context.ts'
import { newId } from './ids.ts'
import { refuse } from './refuse.ts'
import { linkTable, type LinkRow } from './tables.ts'

/** What a link is for; its token opens nothing else. */
export type LinkPurpose = 'confirm' | 'reset' | 'notMe' | 'invitation' | 'download' | 'stay'

type NewLink = {
  /** Made here where it is not known before. */
  linkId?: string
  purpose: LinkPurpose
  userId: UserId | null
  now: number
  /** How long it is good, in ms. */
  life: number
  data?: Record<string, unknown>
}

/** A link to be handed out, and what writes it. Its token is `seals.linkToken(linkId)`. */
export function newLink(of: NewLink): { linkId: string; write: Write } {
  const { linkId = newId<string>(), purpose, userId, now, life, data = {} } = of
  const row = { linkId, purpose, userId, data, tries: 0, createdAt: now, expiresAt: now + life }
  return { linkId, write: insert(linkTable, row) }
}

/** The link of a token, guarded: it can be used once. Refuses `LinkSpent` for what is no link, used, or run out. */
export async function requireLink(ctx: Context, purpose: LinkPurpose, token: string): Promise<LinkRow> {
  const linkId = ctx.services.seals.linkOf(token)
  const link = linkId === null ? undefined : await ctx.store.get(linkTable, { linkId })
  if (!link || link.purpose !== purpose || link.expiresAt <= ctx.now()) return refuse('LinkSpent')
  ctx.guard(must(linkTable, { linkId: link.linkId }))
  return link
}

/** What uses a link up. */
export const spend = (link: Pick<LinkRow, 'linkId'>): Write => remove(linkTable, { linkId: link.linkId })

/** What makes all links of a person for this void. */
export async function withdrawLinks(ctx: Context, userId: UserId, purpose: LinkPurpose): Promise<Write[]> {
  const open = await ctx.store.find(linkTable, { where: { userId, purpose }, limit: 100 })
  return open.map(spend)
}
