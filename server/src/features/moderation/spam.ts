import { askToTalk, editMessage, sendMessage, type TextBody } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { before } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import type { TallyName } from '../../kernel/tallies.ts'

const DAY = 24 * 60 * 60 * 1000
/** Everybody in a room counts as this many mentions. */
const ALL = 10
/** Words shorter than this may be said as often as one likes: "ok", "yes", a smile. */
const SAID_OFTEN = 12
/** The beginning of a text that is compared: who pads a text pads its end. */
const COMPARED = 200

/** What somebody says is looked at before it is kept: who is muted is told so, and what looks like spam is counted. */
export const watching = [
  before(
    sendMessage,
    async (ctx, { roomId, body }) => {
      requireVoice(ctx)
      notice(ctx, signalsOf(ctx, body, roomId))
    },
    ['Muted'],
  ),
  before(
    editMessage,
    async (ctx, { body }) => {
      requireVoice(ctx)
      notice(ctx, signalsOf(ctx, body, null))
    },
    ['Muted'],
  ),
  before(
    askToTalk,
    async (ctx, { text, toId }) => {
      requireVoice(ctx)
      notice(ctx, signalsOf(ctx, { kind: 'text', text }, toId))
    },
    ['Muted'],
  ),
]

function requireVoice(ctx: Context): void {
  const until = ctx.services.penalties.mutedUntil(ctx.me)
  if (until !== null) refuse('Muted', { until })
}

type Signal = [name: TallyName, key: string, points: number]

/** What of a message counts towards spam. */
function signalsOf(ctx: Context, body: TextBody, where: string | null): Signal[] {
  const { me } = ctx
  const signals: Signal[] = []
  const { text } = body
  if (where && text.length >= SAID_OFTEN)
    signals.push(['sameText', `${me} ${text.length} ${text.slice(0, COMPARED)}`, 1])
  const links = text.split('://').length - 1
  if (links > 0) signals.push(['links', me, links])
  const mentions = (body.mentions ?? []).reduce((sum, { who }) => sum + (who === 'all' ? ALL : 1), 0)
  if (mentions > 0) signals.push(['mentions', me, mentions])
  return where && isNew(ctx) ? [...signals, ...firstTime(ctx, where)] : signals
}

/** Ids tell when they were made: a UUIDv7 begins with the time in ms. */
const isNew = (ctx: Context): boolean => ctx.now() - Number.parseInt(ctx.me.replaceAll('-', '').slice(0, 12), 16) < DAY

/** A room that a new account writes to for the first time in a while. */
const firstTime = (ctx: Context, where: string): Signal[] =>
  ctx.services.tallies.isFirst(`${ctx.me} ${where}`) ? [['rooms', ctx.me, 1]] : []

function notice(ctx: Context, signals: readonly Signal[]): void {
  for (const [name, key, points] of signals)
    if (ctx.services.tallies.over(name, key, points))
      ctx.services.penalties.strike({ userId: ctx.me, address: ctx.caller.address }, name)
}
