import {
  invite,
  InvitationId,
  listInvitations,
  withdrawInvitation,
  type Invitation,
  type Person,
} from '@connectly/protocol'
import { handle } from '../../kernel/feature.ts'
import { spend } from '../../kernel/links.ts'
import { refuse } from '../../kernel/refuse.ts'
import { linkTable, type LinkRow } from '../../kernel/tables.ts'
import { must } from '../../store/store.ts'
import { findPerson, peopleOf } from '../accounts/index.ts'
import { INVITATION_LIFE, invitationUrl, newInvitation } from './invite.ts'

const MAX_LISTED = 100

export const invitationHandles = [
  handle(invite, async (ctx, { note }) => {
    const now = ctx.now()
    const { linkId, write } = newInvitation({ by: ctx.me, now, note })
    const createdBy = (await findPerson(ctx.store, ctx.me)) ?? null
    const expiresAt = now + INVITATION_LIFE
    const invitation = { invitationId: InvitationId.parse(linkId), createdBy, createdAt: now, expiresAt, note }
    ctx.audit('registration.invite', { details: { invitation: linkId, isAdmin: false } })
    const url = invitationUrl(ctx.services, linkId)
    return ctx.record([], () => ({ writes: [write], events: [], result: { invitation, url } }))
  }),

  handle(listInvitations, async (ctx) => {
    const links = await ctx.store.find(linkTable, {
      where: { purpose: 'invitation', expiresAt: { gt: ctx.now() } },
      order: [['createdAt', 'desc']],
      limit: MAX_LISTED,
    })
    const people = await peopleOf(
      ctx.store,
      links.flatMap(({ userId }) => userId ?? []),
    )
    return links.map((link) => shown(link, people))
  }),

  handle(withdrawInvitation, async (ctx, { invitationId }) => {
    const link = await ctx.store.get(linkTable, { linkId: invitationId })
    if (link?.purpose !== 'invitation') return refuse('NotFound')
    ctx.guard(must(linkTable, { linkId: invitationId }))
    ctx.audit('registration.withdraw', { details: { invitation: invitationId } })
    return ctx.record([], () => ({ writes: [spend(link)], events: [], result: {} }))
  }),
]

function shown({ linkId, userId, createdAt, expiresAt, data }: LinkRow, people: readonly Person[]): Invitation {
  const createdBy = people.find((person) => person.userId === userId) ?? null
  const note = typeof data['note'] === 'string' ? data['note'] : ''
  return { invitationId: InvitationId.parse(linkId), createdBy, createdAt, expiresAt, note }
}
