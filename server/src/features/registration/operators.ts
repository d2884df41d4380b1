import type { AuditId } from '@connectly/protocol'
import type { Clock } from '../../kernel/clock.ts'
import { newId } from '../../kernel/ids.ts'
import { spend } from '../../kernel/links.ts'
import type { Services } from '../../kernel/services.ts'
import { auditTable, linkTable } from '../../kernel/tables.ts'
import { insert, type Store, type Write } from '../../store/store.ts'
import { userTable } from '../accounts/index.ts'
import { invitationUrl, newInvitation } from './invite.ts'

type House = { store: Store; clock: Clock; services: Services }
/** The most links for a first administrator that are there to be withdrawn. */
const MAX_OLDER = 1000

/**
 * A link for the first who runs the server, in place of older ones; null where somebody does. It is void as soon as somebody
 * does, or after seven days.
 */
export async function inviteFirstAdministrator(house: House): Promise<string | null> {
  const { store } = house
  if ((await store.count(userTable, { isAdmin: true }, 1)) > 0) return null
  const invitations = await store.find(linkTable, { where: { purpose: 'invitation' }, limit: MAX_OLDER })
  const older = invitations.filter(({ data }) => data['isFirst'] === true)
  return inviteFrom(house, { note: 'first administrator', isAdmin: true, isFirst: true }, older.map(spend))
}

/** A link from whoever runs the machine; `isAdmin` for one who is to run the server too. */
export const inviteByOperator = (house: House, isAdmin: boolean): Promise<string> =>
  inviteFrom(house, { note: 'npm run invite', isAdmin }, [])

async function inviteFrom(
  { store, clock, services }: House,
  how: { note: string; isAdmin: boolean; isFirst?: boolean },
  also: readonly Write[],
): Promise<string> {
  const now = clock()
  const { linkId, write } = newInvitation({ by: null, now, ...how })
  const audit = {
    auditId: newId<AuditId>(),
    at: now,
    actor: null,
    act: 'registration.invite',
    subject: null,
    details: { invitation: linkId, isAdmin: how.isAdmin, by: 'operator' },
    requestId: '',
  }
  const make = () => ({ writes: [...also, write, insert(auditTable, audit)], events: [], result: null })
  const [outcome] = await store.commit([{ places: [], given: [], make }], now)
  // Another process that starts at this moment has withdrawn the same ones.
  if (outcome?.kind !== 'done') return inviteFrom({ store, clock, services }, how, [])
  return invitationUrl(services, linkId)
}
