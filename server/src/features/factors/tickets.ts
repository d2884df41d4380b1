import type { Context } from '../../kernel/context.ts'
import { linkTable } from '../../kernel/tables.ts'
import { insert, type Write } from '../../store/store.ts'

/** How long what was begun can be finished, in ms. */
const TICKET_LIFE = 10 * 60 * 1000

/** Something begun that waits to be finished: an app that is to be confirmed, a dialog that is open. */
export type TicketPurpose = 'totp-ticket' | 'passkey-ticket'

/** A ticket that only we can read, good for ten minutes and once. */
export const giveTicket = (ctx: Context, purpose: TicketPurpose, claims: Record<string, string>): Promise<string> =>
  ctx.services.seals.seal(purpose, { ...claims, id: ctx.newId<string>() }, TICKET_LIFE)

/**
 * What a ticket says, and what spends it in the commit of what it was for; null when it is not ours, has run out or was
 * spent. Nothing is kept of a ticket that leads nowhere; of one that is spent, its id until it would have run out.
 */
export async function readTicket(
  ctx: Context,
  purpose: TicketPurpose,
  ticket: string,
): Promise<{ claims: Record<string, unknown>; spend: Write } | null> {
  const claims = await ctx.services.seals.open(purpose, ticket)
  if (!claims) return null
  const linkId = String(claims['id'])
  if (await ctx.store.get(linkTable, { linkId })) return null
  const at = { createdAt: ctx.now(), expiresAt: ctx.now() + TICKET_LIFE }
  return { claims, spend: insert(linkTable, { linkId, purpose: 'spent', userId: null, data: {}, tries: 0, ...at }) }
}
