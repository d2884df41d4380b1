import { createSlot } from '../../kernel/slots.tsx'

/** Above the chats, while nothing is looked for: what a higher feature has to say there. */
export const chatListTop = createSlot()
