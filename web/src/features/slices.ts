import { accountSlice } from './accounts/accounts.ts'
import { messageSlice } from './messages/messages.ts'
import { requestSlice } from './requests/requests.ts'
import { linesSlice, roomSlice } from './rooms/rooms.ts'

/** What each feature adds to the replica. */
export const slices = [accountSlice, roomSlice, linesSlice, messageSlice, requestSlice]
