import { hideMessages, messagesHidden, userPlace } from '@connectly/protocol'
import { happened } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { seenAfter } from '../../kernel/sync.ts'
import { insert, must, mustNot } from '../../store/store.ts'
import { lastBut, wordsOf } from './lines.ts'
import { hiddenTable, messageTable } from './messages.tables.ts'
import { isHiddenFrom, rowsById, visibleTo } from './visible.ts'

export const hideHandles = [
  handle(hideMessages, async (ctx, { roomId, messageIds }) => {
    const wanted = new Set(messageIds)
    const found = await rowsById(ctx.store, wanted)
    const floor = seenAfter(ctx.seat)
    const ever = found.filter((row) => row.roomId === roomId && row.seq > floor && !isHiddenFrom(row, ctx.me))
    if (ever.length < wanted.size) refuse('NotFound')
    const rows = await visibleTo(ctx.store, ctx.seat, ever)
    if (rows.length === 0) return {}

    const seqs = rows.map((row) => row.seq)
    const last = await lastBut(ctx.store, ctx.seat, new Set(seqs))
    if (last) {
      // What the line shows then is told once: it must not be deleted, edited or hidden meanwhile.
      ctx.guard(must(messageTable, { roomId, seq: last.seq }, { rev: last.rev }))
      ctx.guard(mustNot(hiddenTable, { userId: ctx.me, roomId, seq: last.seq }))
    }
    const mine = userPlace(ctx.me)
    return ctx.record([mine], (next) => ({
      writes: rows.map(({ seq, messageId }) => insert(hiddenTable, { userId: ctx.me, roomId, seq, messageId })),
      events: [
        happened(messagesHidden, next(mine), {
          roomId,
          messageIds: rows.map((row) => row.messageId),
          seqs,
          last: last ? wordsOf(last) : null,
        }),
      ],
      result: {},
    }))
  }),
]
