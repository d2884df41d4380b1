export { askRules, renewRules, useRules } from './rules.ts'
export { CheckNeeded, type HumanCheck, useHumanCheck } from './use-human-check.ts'
