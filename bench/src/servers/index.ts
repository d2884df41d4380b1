import type { Target, TargetKey } from '../target.ts'
import { connectly } from './connectly.ts'
import { ejabberd } from './ejabberd.ts'
import { insertEach, storeNothing } from './reference.ts'

export function targetOf(key: TargetKey): Target {
  if (key === 'E') return ejabberd
  if (key === 'N') return insertEach
  if (key === 'S') return storeNothing
  return connectly(key)
}
