import { insert, type Write } from '../store/store.ts'
import { newId } from './ids.ts'
import { mailTable } from './tables.ts'

export type NewMail = {
  to: string
  template: string
  params: Record<string, unknown>
  linkId?: string
  language?: string
  now: number
}

/** What puts a mail on its way, in the commit of what it tells of. */
export function postMail({ to, template, params, linkId, language = '', now }: NewMail): Write {
  const mailId = newId<string>()
  const on = { tries: 0, createdAt: now, nextAt: now }
  return insert(mailTable, { mailId, to, template, params, linkId: linkId ?? null, language, ...on })
}
