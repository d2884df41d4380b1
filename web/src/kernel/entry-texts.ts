import { entry } from '../texts/en-entry.ts'
import { addTexts } from './i18n.ts'

/* Imported by what few come by on their way in: the second step, links of mails, other services, guests. */
addTexts({ entry })
