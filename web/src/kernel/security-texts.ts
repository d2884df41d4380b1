import { record, recordDetails, security } from '../texts/en-security.ts'
import { addTexts } from './i18n.ts'

/* Imported by the settings of the account itself, which few open. */
addTexts({ security, record, recordDetails })
