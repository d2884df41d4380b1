import type { Target, TargetKey } from '../target.ts'
import { ejabberd } from './ejabberd.ts'
import { insertEach, storeNothing } from './reference.ts'

export const targets: Partial<Record<TargetKey, Target>> = { E: ejabberd, N: insertEach, S: storeNothing }
