import type { Person, RoomLine, UserId } from '@connectly/protocol'
import { bodyText, t } from '../../kernel/i18n.ts'

/** The second line of a row: what is being typed, what I began, or what was said last. */
export type Preview =
  | { kind: 'typing'; text: string }
  | { kind: 'draft'; text: string }
  | { kind: 'said'; by: string | null; text: string }
  | { kind: 'quiet'; text: string }

export type PreviewOf = {
  line: RoomLine
  me: UserId
  /** Who said the last words, where that is known. */
  author?: Person | undefined
  /** The last words as plain text, where a higher storey reads them better. */
  said?: string | undefined
  draft: string
  /** Who is typing there, in words. */
  typing: string | null
}

/** What a row shows of its room. The open room's draft stands in its composer, so it is handed in as empty. */
export function previewOf({ line: { room, last }, me, author, said, draft, typing }: PreviewOf): Preview {
  if (typing !== null) return { kind: 'typing', text: typing }
  if (draft.trim() !== '') return { kind: 'draft', text: draft }
  if (!last) return { kind: 'quiet', text: t('chats.nothingYet') }
  const text = said ?? bodyText(last.body)
  if (last.body.kind === 'system' || last.body.kind === 'deleted') return { kind: 'quiet', text }
  const isNamed = room.kind === 'group' && last.authorId !== me && author !== undefined
  return { kind: 'said', by: isNamed ? firstName(author.name) : null, text }
}

/** Who is writing, in words: one name, two names, or how many. In a direct room there is but one. */
export function typingText(kind: 'direct' | 'group', names: readonly string[], count: number): string | null {
  if (count === 0) return null
  if (kind === 'direct') return t('chats.typing')
  const [name, other] = names.map(firstName)
  if (count === 1 && name !== undefined) return t('chats.typingOne', { name })
  if (count === 2 && name !== undefined && other !== undefined) return t('chats.typingTwo', { name, other })
  return t('chats.typingMany', { count })
}

/** How far the last words of mine have come, in a direct room; `null` where there is nothing to say of it. */
export function tickOf({ last, theirs }: RoomLine, me: UserId): 'sent' | 'delivered' | 'read' | null {
  if (last?.authorId !== me || last.body.kind === 'system' || last.body.kind === 'deleted') return null
  if (!theirs) return 'sent'
  if (theirs.readSeq >= last.seq) return 'read'
  return theirs.deliveredSeq >= last.seq ? 'delivered' : 'sent'
}

/** The name one is called by. */
export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? name
