import { accountSlice } from './accounts/index.ts'
import { blockSlice } from './blocks/index.ts'
import { markSlice } from './marks/index.ts'
import { messageSlice } from './messages/index.ts'
import { requestSlice } from './requests/index.ts'
import { linesSlice, roomSlice } from './rooms/index.ts'

/** What each feature adds to the replica. */
export const slices = [accountSlice, blockSlice, roomSlice, linesSlice, messageSlice, requestSlice, markSlice]
