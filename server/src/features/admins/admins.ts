import {
  listAdministrators,
  makeAdministrator,
  readAudit,
  unmakeAdministrator,
  type Administrator,
} from '@connectly/protocol'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { auditTable } from '../../kernel/tables.ts'
import { must, patch, type Reader } from '../../store/store.ts'
import { endSessionsOf, personOf, userTable, type UserRow } from '../accounts/index.ts'

const MAX_ADMINISTRATORS = 1000
const AUDIT_PAGE = 100

export const adminHandles = [
  handle(listAdministrators, async (ctx) => listOf(await administratorsOf(ctx.store))),

  handle(makeAdministrator, async (ctx, { userId }) => {
    const user = await ctx.store.get(userTable, { userId })
    const those = await administratorsOf(ctx.store)
    if (user?.isAdmin) return listOf(those)
    if (!user?.secondSteps) return refuse('SecondStepMissing')
    // Their sessions end, so that none of before gains a right: whoever holds one shows both factors first.
    const { writes, ended } = await endSessionsOf(ctx, userId)
    ctx.guard(must(userTable, { userId }, { isAdmin: user.isAdmin, secondSteps: user.secondSteps }))
    ctx.audit('admins.make', { subject: userId, details: { ended } })
    return ctx.record([], () => ({
      writes: [patch(userTable, { userId }, { set: { isAdmin: true } }), ...writes],
      events: [],
      result: listOf([...those, { ...user, isAdmin: true }]),
    }))
  }),

  handle(unmakeAdministrator, async (ctx, { userId }) => {
    const user = (await ctx.store.get(userTable, { userId })) ?? refuse('NotFound')
    const those = await administratorsOf(ctx.store)
    if (!user.isAdmin) return listOf(those)
    const others = those.filter((each) => each.userId !== userId)
    const heir = others[0] ?? refuse('LastAdministrator')
    const { writes, ended } = await endSessionsOf(ctx, userId)
    ctx.guard(must(userTable, { userId }, { isAdmin: true }))
    ctx.guard(must(userTable, { userId: heir.userId }, { isAdmin: true }))
    ctx.audit('admins.unmake', { subject: userId, details: { ended } })
    const left = await ctx.record([], () => ({
      writes: [patch(userTable, { userId }, { set: { isAdmin: null } }), ...writes],
      events: [],
      result: listOf(others),
    }))
    if (userId === ctx.me) ctx.caller.newToken = null
    return left
  }),

  handle(readAudit, async (ctx, { before }) => {
    const rows = await ctx.store.find(auditTable, {
      where: before === undefined ? {} : { at: { lt: before } },
      order: [
        ['at', 'desc'],
        ['auditId', 'desc'],
      ],
      limit: AUDIT_PAGE,
    })
    return rows.map(({ auditId, at, actor, act, subject, details }) => ({ auditId, at, actor, act, subject, details }))
  }),
]

const administratorsOf = (store: Reader): Promise<UserRow[]> =>
  store.find(userTable, { where: { isAdmin: true }, order: [['userId', 'asc']], limit: MAX_ADMINISTRATORS })

const listOf = (users: readonly UserRow[]): Administrator[] =>
  users.map((user) => ({ person: personOf(user), hasSecondStep: user.secondSteps !== null }))
