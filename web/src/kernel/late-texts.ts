import { enLate } from '../texts/en-late.ts'
import { addTexts } from './i18n.ts'

/* Imported by what is loaded later and says something of its own, so that the first screen does not carry its words. */
addTexts(enLate)
