import type { Target, TargetKey } from '../target.ts'
import { connectly } from './connectly.ts'
import { ejabberd } from './ejabberd.ts'
import { insertEach, storeNothing } from './reference.ts'

export const targets: Record<TargetKey, Target> = { C: connectly, E: ejabberd, N: insertEach, S: storeNothing }
