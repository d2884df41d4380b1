import type { ReactNode } from 'react'
import type { RoomLine } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { PaneHeader } from '../../shell/PaneHeader.tsx'
import { faceOfLine, nameOfLine } from './line.ts'

export type RoomHeaderProps = { line: RoomLine; isConnecting?: boolean; backPath: string; actions?: ReactNode }

export function RoomHeader({ line, ...rest }: RoomHeaderProps) {
  const { room, other } = line
  const status = other ? `@${other.username}` : t('room.members', { count: room.members })
  return <PaneHeader id={faceOfLine(line)} name={nameOfLine(line)} status={status} {...rest} />
}
