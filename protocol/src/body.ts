import * as z from 'zod/mini'
import { UserId } from './ids.ts'
import { MessageText } from './text.ts'

export const MAX_MENTIONS = 50

/** A stretch of a text, in UTF-16 units, that means somebody, or `all`: kept by id, shown by the name of the day. */
export const Mention = z.object({
  who: z.union([UserId, z.literal('all')]),
  start: z.int().check(z.nonnegative()),
  length: z.int().check(z.minimum(2)),
})
export type Mention = z.infer<typeof Mention>

/** Each stretch begins with @, lies within the text and does not overlap another; they come in order. */
function fit({ text, mentions = [] }: { text: string; mentions?: readonly Mention[] | undefined }): boolean {
  let end = 0
  return mentions.every(({ start, length }) => {
    const fits = start >= end && start + length <= text.length && text[start] === '@'
    end = start + length
    return fits
  })
}

export const TextBody = z
  .object({
    kind: z.literal('text'),
    text: MessageText,
    mentions: z.optional(z.array(Mention).check(z.maxLength(MAX_MENTIONS))),
  })
  .check(z.refine(fit, { error: 'does not lie on an @ of the text', path: ['mentions'] }))

/** What the room itself says: a code and names, put into words where it is read. */
export const systemCodes = [
  'groupCreated',
  'memberAdded',
  'memberLeft',
  'memberRemoved',
  'renamed',
  'handedOver',
] as const
export const SystemBody = z.object({ kind: z.literal('system'), code: z.enum(systemCodes), names: z.array(z.string()) })

/** What is left of a message that was deleted for everyone. */
export const DeletedBody = z.object({ kind: z.literal('deleted'), byId: UserId })

/** A kind this client does not know yet: it shows the fallback. */
export const UnknownBody = z.object({ kind: z.string(), fallback: z.string() })

/** What a message says. A union by `kind` that grows; a client shows `fallback` for a kind it does not know. */
export const MessageBody = z.union([TextBody, SystemBody, DeletedBody, UnknownBody])
export type MessageBody = z.infer<typeof MessageBody>
export type TextBody = z.infer<typeof TextBody>
export type SystemBody = z.infer<typeof SystemBody>
export type DeletedBody = z.infer<typeof DeletedBody>
