import type { Person, RoomId } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { SearchBox } from '../../ui/SearchBox.tsx'
import { UsersRound } from './icons.ts'
import { NothingFound } from './NothingFound.tsx'
import { type PeopleFound, PeopleResults } from './PeopleResults.tsx'

export type NewChatDialogProps = {
  query: string
  onQuery: (query: string) => void
  people: PeopleFound | null
  onAsk: (person: Person) => void
  onOpen: (roomId: RoomId) => void
  onNewGroup: () => void
  onClose: () => void
}

/** Finds somebody to talk to, or brings several together. */
export function NewChatDialog({ query, onQuery, people, onAsk, onOpen, onNewGroup, onClose }: NewChatDialogProps) {
  const isNothing = people?.state === 'found' && people.people.length === 0
  return (
    <Dialog title={t('chats.newChat')} closeLabel={t('app.close')} onClose={onClose}>
      <SearchBox label={t('chats.searchPeople')} clearLabel={t('app.clear')} value={query} onChange={onQuery} />
      <div className="rows">
        {!query && (
          <button type="button" className="row row--act" onClick={onNewGroup}>
            <span className="row__ic">
              <Icon of={UsersRound} />
            </span>
            <span className="row__n">{t('chats.newGroup')}</span>
          </button>
        )}
        {isNothing && query ? (
          <NothingFound query={query} />
        ) : people ? (
          <PeopleResults found={people} onAsk={onAsk} onOpen={onOpen} />
        ) : (
          <p className="list__h">{t('chats.searchPeopleHint')}</p>
        )}
      </div>
    </Dialog>
  )
}
