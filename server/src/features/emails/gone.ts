import type { UserId } from '@connectly/protocol'
import { remove, type Reader, type Write } from '../../store/store.ts'
import { emailTable } from './emails.tables.ts'

const ofPerson = (store: Reader, userId: UserId) => store.find(emailTable, { where: { userId }, limit: 1 })

/** Whoever leaves gives their address free. */
export const purgeEmails = async (store: Reader, userId: UserId): Promise<Write[]> =>
  (await ofPerson(store, userId)).map(({ emailKey }) => remove(emailTable, { emailKey }))

/** Since when an address is confirmed; the address itself stands with the account. */
export async function exportEmails(store: Reader, userId: UserId): Promise<Record<string, unknown>> {
  const rows = await ofPerson(store, userId)
  return { 'mail.json': rows.map(({ emailKey, confirmedAt }) => ({ email: emailKey, confirmedAt })) }
}
