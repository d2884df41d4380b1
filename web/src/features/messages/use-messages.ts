import {
  pageMessages,
  type InputOf,
  type Message,
  type MessageId,
  type MessagePage,
  type Person,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { slice, useClient, useLine, useWatched } from '../../kernel/use-client.ts'
import { errorText, usePeople } from '../accounts/index.ts'
import type { RoomState } from '../rooms/index.ts'
import { keeper, layoutMessages, type ListItem, type Pending } from './layout.ts'
import { joined, withOlder, type MessagesState } from './messages.ts'
import { AskError } from '../../kernel/ask-error.ts'

export type Shown = {
  items: readonly ListItem[]
  messages: readonly Message[]
  people: ReadonlyMap<UserId, Person>
  older: boolean
  newer: boolean
  loadOlder: () => void
  loadNewer: () => void
  /** Another window is another list, opened at its own place. */
  window: string
}

const none: MessagesState = { messages: [], people: [], quoted: {}, older: false }

/**
 * What a room's list shows: the run up to the newest that the replica holds, or, around a message far from it, a window
 * of its own, until the two meet.
 */
export function useMessages(roomId: RoomId, around: MessageId | undefined, isGroup: boolean): Shown {
  const { me, connection, replica, outbox } = useClient()
  const isOpen = useLine().state === 'open'
  const held = useWatched(replica.room(roomId))
  const tail = slice<MessagesState>(held, 'messages') ?? none
  const members = slice<RoomState>(held, 'rooms')?.members
  const [page, setPage] = useState<{ around: MessageId; page: MessagePage } | null>(null)
  const busy = useRef(false)

  const load = useCallback(
    async (input: Omit<InputOf<typeof pageMessages>, 'roomId'>, take: (page: MessagePage) => void) => {
      if (busy.current || !isOpen) return
      busy.current = true
      try {
        take(await connection.ask(pageMessages, { roomId, ...input }))
      } catch (error) {
        if (!(error instanceof AskError)) throw error
      } finally {
        busy.current = false
      }
    },
    [connection, roomId, isOpen],
  )

  const isHere = !around || tail.messages.some((message) => message.messageId === around)
  const apart = !isHere && page?.around === around ? page.page : null
  const setApart = useCallback(
    (found: MessagePage) => {
      if (around) setPage({ around, page: found })
    },
    [around],
  )
  useEffect(() => {
    if (around && !isHere) void load({ around }, setApart)
  }, [isHere, around, load, setApart])

  const first = (apart ?? tail).messages[0]?.seq
  const last = apart?.messages.at(-1)?.seq
  const tailFirst = tail.messages[0]?.seq
  const loadOlder = useCallback(() => {
    if (first === undefined) return
    void load({ before: first }, (found) => {
      if (apart)
        setApart({
          ...found,
          messages: [...found.messages, ...apart.messages],
          people: [...apart.people, ...found.people],
          newer: apart.newer,
        })
      else replica.merge(roomId, 'messages', (state) => withOlder(state as MessagesState, found))
    })
  }, [load, first, apart, setApart, replica, roomId])
  const loadNewer = useCallback(() => {
    if (!apart || last === undefined) return
    void load({ after: last }, (found) => {
      const all = {
        ...found,
        messages: [...joined(apart.messages, found.messages)],
        people: [...apart.people, ...found.people],
        older: apart.older,
      }
      const end = all.messages.at(-1)?.seq ?? 0
      if (found.newer && tailFirst !== undefined && end < tailFirst) setApart(all)
      else replica.merge(roomId, 'messages', (state) => withOlder(state as MessagesState, all))
    })
  }, [load, apart, setApart, last, tailFirst, replica, roomId])

  const run = apart ?? tail
  const given = useMemo(() => [...(members ?? []).map((member) => member.person), ...run.people], [members, run.people])
  const wanted = useMemo(() => [...new Set(run.messages.map((message) => message.authorId))], [run.messages])
  const people = usePeople(wanted, given)
  const entries = useWatched(outbox.entries)
  const acked = useWatched(outbox.acked)
  useEffect(() => {
    if (acked.length > 0) outbox.arrived(new Set(tail.messages.map((message) => message.localId)))
  }, [outbox, acked, tail.messages])
  const pending = useMemo(() => {
    if (apart) return []
    const mine = [...acked.filter((each) => !entries.some((entry) => entry.localId === each.localId)), ...entries]
    return mine
      .filter((entry) => entry.roomId === roomId)
      .map((entry): Pending => ({
        localId: entry.localId,
        roomId,
        text: entry.text,
        mentions: entry.mentions,
        replyToId: entry.replyToId,
        at: entry.at,
        state: entry.state === 'failed' ? 'failed' : 'sending',
        failure: entry.code
          ? errorText(
              new AskError({ code: entry.code as AskError['code'], ...(entry.params && { params: entry.params }) }),
            )
          : undefined,
      }))
  }, [entries, acked, apart, roomId])
  // A day that goes on further up has its separator there: at the top of a page it would move as the next one comes.
  const [keepingSame] = useState(keeper)
  const items = useMemo(
    () => keepingSame(layoutMessages(run.messages, pending, me, people, isGroup).slice(run.older ? 1 : 0)),
    [keepingSame, run, pending, me, people, isGroup],
  )
  return {
    items,
    messages: run.messages,
    people,
    older: run.older,
    newer: apart?.newer ?? false,
    loadOlder,
    loadNewer,
    window: apart ? `around ${around}` : 'tail',
  }
}
