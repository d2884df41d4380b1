import {
  MAX_MENTIONS,
  MAX_MESSAGE_LENGTH,
  pageMessages,
  type MessageId,
  type RoomId,
  type RoomLine,
} from '@connectly/protocol'
import {
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
} from 'react'
import { useNavigate } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { slice, useClient, useLine, useWatched } from '../../kernel/use-client.ts'
import { LiveRegion } from '../../ui/LiveRegion.tsx'
import { useBlocks } from '../blocks/index.ts'
import { useTyping } from '../presence/index.ts'
import { can, type RoomState } from '../rooms/index.ts'
import { actOfKey, actsOf, type Rights } from './acts.ts'
import { Composer } from './Composer.tsx'
import { ComposerClosed } from './ComposerClosed.tsx'
import { ComposerStrip } from './ComposerStrip.tsx'
import { noDraft } from './drafts.ts'
import { withDivider, withRevised, type ListItem, type MessageItem } from './layout.ts'
import { asBody, type Words } from './mentions.ts'
import { MessageList } from './MessageList.tsx'
import { isText } from './plain-text.ts'
import { RoomLookups, RoomView } from './room-view.ts'
import { isPickable, pickedOf, toggled } from './selecting.ts'
import { RoomStatus } from './status.ts'
import { TYPING_HEIGHT, TypingBubble } from './TypingBubble.tsx'
import { useActs } from './use-acts.tsx'
import { useDivider } from './use-divider.ts'
import { useDraft } from './use-draft.ts'
import { useMessages } from './use-messages.ts'
import { useNames } from './use-names.ts'
import { useNews } from './use-news.ts'
import { useQuoted } from './use-quoted.ts'
import { useWriting } from './use-writing.ts'
import type { Lit } from './useHighlight.ts'
import { late } from '../../kernel/late.ts'
import { Awaited } from '../../shell/Awaited.tsx'

const parts = {
  overlay: async () => (await import('./Overlay.tsx')).Overlay,
  selectBar: async () => (await import('./SelectBars.tsx')).SelectBar,
  mentions: () => import('./MentionMenu.tsx'),
}
const Overlay = late(parts.overlay)
const SelectBar = late(parts.selectBar)

/** When the first screen is long done, in ms: then the rest is had, so that it is there without a connection too. */
const LATER = 2000

export type ConversationProps = {
  roomId: RoomId
  messageId: MessageId | undefined
  line: RoomLine
  /** The messages being chosen, by the id of their line; `null` while none are. */
  picked: ReadonlySet<string> | null
  onPicked: (picked: ReadonlySet<string> | null) => void
  /** Told of all that could be chosen, for the header's "Select all". */
  onPickable: (all: () => ReadonlySet<string>) => void
}

/** What was said in a room, where one says something, and all that is done with either. */
export function Conversation({ roomId, messageId, line, picked, onPicked, onPickable }: ConversationProps) {
  const { me, outbox, connection, replica } = useClient()
  const navigate = useNavigate()
  const isGroup = line.room.kind === 'group'
  const shown = useMessages(roomId, messageId, isGroup)
  const [divider, setDivider] = useDivider()
  // While it begins further up than what is loaded, there is no place for it yet.
  const isAbove = shown.older && (shown.messages[0]?.seq ?? 0) > (divider?.from ?? 0)
  const items = useMemo(() => withDivider(shown.items, isAbove ? null : divider), [shown.items, divider, isAbove])
  const [draft, setDraft] = useDraft(me, roomId)
  const [foot, setFoot] = useState(84)
  // A jump within what is loaded holds until the address leads somewhere else.
  const [jump, setJump] = useState<{ lit: Lit; from: MessageId | undefined } | null>(null)
  const led = useMemo(() => (messageId ? { messageId, n: 0 } : null), [messageId])
  const lit = jump && jump.from === messageId ? jump.lit : led
  const input = useRef<HTMLTextAreaElement>(null)
  const waitUntil = useWatched(outbox.pausedUntil).get(roomId) ?? null
  const news = useNews(shown.messages, shown.people)
  const status = useContext(RoomStatus)
  const { isBlocked } = useBlocks()
  const seat = slice<RoomState>(useWatched(replica.room(roomId)), 'rooms')?.me
  const rights = useMemo<Rights>(() => ({ can: (right) => can(seat, right) }), [seat])
  const nameOf = useNames(roomId, shown.messages, shown.people)
  const quoteOf = useQuoted(roomId, shown.messages, draft.replyToId)
  const writes = useWriting(roomId)
  const isTyped = useTyping(roomId).count > 0

  const isOpen = useLine().state === 'open'
  useEffect(() => {
    if (!isOpen) return
    const timer = setTimeout(() => {
      for (const load of Object.values(parts)) load().catch(() => undefined)
    }, LATER)
    return () => clearTimeout(timer)
  }, [isOpen])

  const onWrite = useCallback(() => requestAnimationFrame(() => input.current?.focus()), [])
  const acts = useActs({
    roomId,
    onReply: (replyToId) => setDraft({ ...draft, replyToId }),
    onRevise: (words, replyToId) => setDraft({ ...words, replyToId }),
    onPick: (item) => onPicked(new Set([item.id])),
    onMarked: (item) => setDivider({ from: item.message.seq, count: unreadFrom(items, item) }),
    onWrite,
  })
  const { run, setOver, editing, setEditing } = acts

  const onJump = useCallback(
    (id: MessageId) => {
      if (shown.messages.some((message) => message.messageId === id))
        setJump((before) => ({ lit: { messageId: id, n: (before?.lit.n ?? 0) + 1 }, from: messageId }))
      else navigate(`/r/${roomId}/${id}`)
    },
    [shown.messages, navigate, roomId, messageId],
  )
  // What the messages are drawn with stays the same as pages come, so that they need not be drawn anew.
  const latest = useRef({ run, setOver, onJump })
  useLayoutEffect(() => {
    latest.current = { run, setOver, onJump }
  })
  const view = useMemo<RoomView>(
    () => ({
      me,
      isGroup,
      onJump: (id) => latest.current.onJump(id),
      onVersions: (item) => latest.current.setOver({ kind: 'versions', item }),
      onReply: (item) => latest.current.run('reply', item),
      onMenu: (item, row) => latest.current.setOver({ kind: 'menu', item, row }),
      onRetry: (item) => latest.current.run('retry', item),
      onRevise: (item) => latest.current.run('revise', item),
      onDrop: (item) => latest.current.run('delete', item),
    }),
    [me, isGroup],
  )
  const lookups = useMemo(() => ({ nameOf, quoteOf }), [nameOf, quoteOf])

  onPickable(() => new Set(items.filter(isPickable).map((item) => item.id)))
  const onKey = (item: MessageItem, event: KeyboardEvent, row: HTMLElement): boolean => {
    if (picked) return onPickKey(event, item)
    const act = event.ctrlKey || event.metaKey || event.altKey ? null : actOfKey(event.key)
    if (act === 'menu') setOver({ kind: 'menu', item, row })
    else if (act && actsOf(item, rights).includes(act)) run(act, item)
    else return false
    return true
  }
  const onPickKey = (event: KeyboardEvent, item: MessageItem): boolean => {
    if (event.key === 'Escape') onPicked(null)
    else if (event.shiftKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const next = neighbour(items, item, event.key === 'ArrowUp' ? -1 : 1)
      onPicked(new Set([...(picked ?? []), item.id, ...(next ? [next.id] : [])]))
      return false
    } else return false
    return true
  }

  const send = () => {
    if (editing) return acts.saveEdit()
    const body = asBody(draft, MAX_MENTIONS)
    setDraft(noDraft)
    writes(draft.text, '')
    if (messageId) navigate(`/r/${roomId}`)
    void outbox.send(roomId, { ...body, ...(draft.replyToId && { replyToId: draft.replyToId }) })
  }
  const onWords = (words: Words) => {
    if (editing) return setEditing({ ...editing, words })
    writes(draft.text, words.text)
    setDraft({ ...draft, ...words })
  }
  const editLast = () => {
    const mine = items.findLast(
      (item): item is MessageItem => isPickable(item) && item.own && isText(item.message.body),
    )
    if (mine && !editing) run('edit', mine)
  }
  const leaveEdit = () => setEditing(null)
  const leaveReply = () => setDraft({ ...draft, replyToId: null })
  const toMention = (seq: number) => {
    const here = shown.messages.find((message) => message.seq === seq)
    if (here) return onJump(here.messageId)
    connection
      .ask(pageMessages, { roomId, after: seq - 1, limit: 1 })
      .then(({ messages: [found] }) => found && onJump(found.messageId))
      .catch(() => undefined)
  }
  const chosen = picked && pickedOf(items, picked)
  const blocked = line.other && isBlocked(line.other.userId) ? line.other : null

  return (
    <RoomView value={view}>
      <RoomLookups value={lookups}>
        <MessageList
          key={shown.window}
          items={useMemo(() => withRevised(items, acts.revised), [items, acts.revised])}
          older={shown.older}
          newer={shown.newer}
          onOlder={shown.loadOlder}
          onNewer={shown.loadNewer}
          onNewest={useCallback(() => navigate(`/r/${roomId}`), [navigate, roomId])}
          onSeen={status.onSeen}
          onMention={toMention}
          onKey={onKey}
          picking={useMemo(
            () => picked && { ids: picked, onToggle: (id: string) => onPicked(toggled(picked, id)) },
            [picked, onPicked],
          )}
          canReply={rights.can('messages.send')}
          lit={lit}
          foot={<TypingBubble roomId={roomId} isGroup={isGroup} />}
          paddingEnd={foot + (isTyped ? TYPING_HEIGHT : 0)}
        />
        <LiveRegion label={t('room.news')} lines={news} />
        {chosen ? (
          <Suspense fallback={<Awaited />}>
            <SelectBar
              items={chosen}
              onCopy={() => {
                acts.copy(chosen)
                onPicked(null)
              }}
              onDelete={() => setOver({ kind: 'delete', items: chosen })}
            />
          </Suspense>
        ) : blocked || (seat && !rights.can('messages.send')) ? (
          <ComposerClosed blocked={blocked} onHeight={setFoot} />
        ) : (
          <Composer
            roomId={roomId}
            input={input}
            words={editing?.words ?? draft}
            onWords={onWords}
            onSend={send}
            purpose={editing ? 'save' : 'send'}
            strip={
              editing ? (
                <ComposerStrip kind="edit" message={editing.item.message} onClose={leaveEdit} />
              ) : (
                draft.replyToId && (
                  <ComposerStrip kind="reply" message={quoteOf(draft.replyToId)} onClose={leaveReply} />
                )
              )
            }
            onLeaveStrip={editing ? leaveEdit : draft.replyToId ? leaveReply : null}
            onUp={editLast}
            hasMentions={isGroup}
            maxLength={MAX_MESSAGE_LENGTH}
            waitUntil={waitUntil}
            onHeight={setFoot}
          />
        )}
        {acts.over && (
          <Suspense fallback={<Awaited />}>
            <Overlay
              line={line}
              over={acts.over}
              rights={rights}
              onAct={run}
              onClose={() => setOver(null)}
              onDone={() => onPicked(null)}
            />
          </Suspense>
        )}
      </RoomLookups>
    </RoomView>
  )
}

/** How many of others' messages stand from here on. */
function unreadFrom(items: readonly ListItem[], from: MessageItem): number {
  return items.filter((item) => item.kind === 'message' && !item.own && item.message.seq >= from.message.seq).length
}

function neighbour(items: readonly ListItem[], item: MessageItem, by: 1 | -1): MessageItem | undefined {
  const all = items.filter(isPickable)
  return all[all.indexOf(item) + by]
}
