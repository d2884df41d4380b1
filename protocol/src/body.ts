import * as z from 'zod/mini'
import { MessageText } from './text.ts'

export const TextBody = z.object({ kind: z.literal('text'), text: MessageText })

/** What the room itself says: a code and names, put into words where it is read. */
export const systemCodes = ['groupCreated', 'memberAdded', 'memberLeft', 'memberRemoved', 'renamed'] as const
export const SystemBody = z.object({ kind: z.literal('system'), code: z.enum(systemCodes), names: z.array(z.string()) })

/** A kind this client does not know yet: it shows the fallback. */
export const UnknownBody = z.object({ kind: z.string(), fallback: z.string() })

/** What a message says. A union by `kind` that grows; a client shows `fallback` for a kind it does not know. */
export const MessageBody = z.union([TextBody, SystemBody, UnknownBody])
export type MessageBody = z.infer<typeof MessageBody>
export type TextBody = z.infer<typeof TextBody>
export type SystemBody = z.infer<typeof SystemBody>
