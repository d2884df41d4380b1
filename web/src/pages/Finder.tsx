import '../kernel/late-texts.ts'
import '../theme/palette.css'
import type { Person, RoomLine } from '@connectly/protocol'
import { Keyboard, Settings2, Users } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useNavigate } from '../kernel/router.ts'
import { useOpenProfile } from '../features/accounts/index.ts'
import { inOrder, nameOfLine, type LinesState } from '../features/rooms/index.ts'
import { Face, RoomFace } from '../features/rooms/index.tsx'
import { t } from '../kernel/i18n.ts'
import { prefOf, setPref } from '../kernel/prefs.ts'
import { useMine } from '../kernel/use-client.ts'
import { Palette, type PaletteEntry } from '../shell/Palette.tsx'
import { matching } from '../shell/palette-matching.ts'
import { commandKey } from '../shell/ShortcutSheet.tsx'
import { Icon, LogOut, Moon, SquarePen } from '../ui/Icon.tsx'
import { paths } from './paths.ts'
import { usePeopleSearch } from './people-search.ts'
import { useGoToRoom } from './use-go-to-room.ts'

export { ShortcutSheet } from '../shell/ShortcutSheet.tsx'

/** Chats shown before anything is typed. */
const RECENT = 6
const CHATS = 8

export type FinderProps = { onShortcuts: () => void; onSignOut: () => void; onClose: () => void }

/** The palette with what this person can find and do. */
export function Finder({ onShortcuts, onSignOut, onClose }: FinderProps) {
  const [query, setQuery] = useState('')
  const lines = useMine<LinesState>('rooms')?.lines
  const ordered = useMemo(() => inOrder(Object.values(lines ?? {})), [lines])
  const chats = useChats(ordered, query)
  const found = usePeopleSearch(query, ordered)
  const people = usePeopleEntries(found?.state === 'found' ? found.people.map(({ person }) => person) : [], ordered)
  const actions = useActions(onShortcuts, onSignOut)
  const hasQuery = query.trim() !== ''
  return (
    <Palette
      query={query}
      onQuery={setQuery}
      groups={[
        { title: t(hasQuery ? 'people.paletteChats' : 'people.paletteRecent'), entries: chats },
        { title: t('people.palettePeople'), entries: people },
        {
          title: t('people.paletteDo'),
          entries: matching(
            actions.map((entry) => ({ names: [entry.name], entry })),
            query,
          ).map(({ entry }) => entry),
        },
      ]}
      isSearching={found?.state === 'searching'}
      onClose={onClose}
    />
  )
}

function useChats(lines: readonly RoomLine[], query: string): readonly PaletteEntry[] {
  const goToRoom = useGoToRoom()
  const named = lines.map((line) => ({ names: [nameOfLine(line), line.other?.username ?? ''].filter(Boolean), line }))
  return matching(named, query)
    .slice(0, query.trim() === '' ? RECENT : CHATS)
    .map(({ line }) => ({
      id: line.room.roomId,
      name: nameOfLine(line),
      sub: line.other ? `@${line.other.username}` : t('room.members', { count: line.room.members }),
      face: <RoomFace line={line} size={36} />,
      act: () => goToRoom(line.room.roomId),
    }))
}

/** People one does not talk to yet: their profile says how one might. */
function usePeopleEntries(people: readonly Person[], lines: readonly RoomLine[]): readonly PaletteEntry[] {
  const openProfile = useOpenProfile()
  const contacts = new Set<string>(lines.flatMap((line) => line.other?.userId ?? []))
  return people
    .filter(({ userId }) => !contacts.has(userId))
    .map(({ userId, name, username }) => ({
      id: userId,
      name,
      sub: `@${username}`,
      face: <Face id={userId} name={name} size={36} />,
      act: () => openProfile(userId),
    }))
}

const themes = { system: 'light', light: 'dark', dark: 'system' } as const

function useActions(onShortcuts: () => void, onSignOut: () => void): readonly PaletteEntry[] {
  const navigate = useNavigate()
  const go = (path: string) => () => navigate(path)
  const action = (id: string, name: string, icon: typeof Moon, act: () => void, keys?: string): PaletteEntry => ({
    id,
    name,
    face: (
      <span className="cp__ic">
        <Icon of={icon} />
      </span>
    ),
    act,
    ...(keys && { keys }),
  })
  return [
    action('new-chat', t('people.newChat'), SquarePen, go(`${paths.chats}?new`), 'Alt N'),
    action('new-group', t('people.newGroup'), Users, go(`${paths.chats}?new=group`)),
    {
      ...action('theme', t('people.changeTheme'), Moon, () => setPref('theme', themes[prefOf('theme')])),
      stay: true,
    },
    action('settings', t('people.settings'), Settings2, go(paths.settings)),
    action('shortcuts', t('people.shortcuts'), Keyboard, onShortcuts, `${commandKey()} /`),
    action('sign-out', t('app.signOut'), LogOut, onSignOut),
  ]
}
