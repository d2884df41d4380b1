import { auth } from '../texts/en-auth.ts'
import { addTexts } from './i18n.ts'

/* Imported by the forms for coming in, which the chats do without. */
addTexts({ auth })
