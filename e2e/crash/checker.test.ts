import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { messageSent, type LocalId, type Message, type MessageId, type RoomId, type UserId } from '@connectly/protocol'
import { checksumOf } from '../../server/src/features/messages/index.ts'
import { check, type Law } from './checker.ts'
import type { Bug } from './faults.ts'
import type { Final, History } from './history.ts'
import { crash, figures, type CrashOptions } from './run.ts'

/* Who checks the checker: bugs planted into a real run, and histories with one thing wrong. */

suite('a bug planted into the real server is caught', { concurrency: false }, () => {
  const planted: [title: string, bug: Bug, deaths: CrashOptions['deaths'], law: Law, says: RegExp][] = [
    [
      '[ST2] [LG2] a server that acknowledges before the commit loses messages',
      'ack-before-commit',
      ['before-commit'],
      'lost',
      /was acknowledged as .* and is not there/,
    ],
    [
      '[LG2] a server that tells before the commit shows what the room never has',
      'told-before-commit',
      ['before-commit'],
      'order',
      /was shown as .* and the room has/,
    ],
    [
      '[AS4] [OB3] a server that does not know a repeat by its key keeps a message twice',
      'no-dedupe',
      ['after-commit'],
      'duplicate',
      /stands twice/,
    ],
    [
      '[RX1] a server that does not note its reactions follows a message twice',
      'no-note-of-reactions',
      ['after-reaction'],
      'reaction',
      /was followed 2 times/,
    ],
  ]
  for (const [title, bug, deaths, law, says] of planted)
    test(title, async () => {
      const seed = Date.now() % 1_000_000

      const report = await crash({ kills: 3, seed, people: 6, groups: 2, bug, ...(deaths && { deaths }) })

      const caught = report.violations.filter((each) => each.law === law && says.test(each.says))
      assert.ok(caught.length > 0, `seed ${seed}: not caught\n${figures(report)}`)
    })
})

suite('a history with one thing wrong', () => {
  test('and one with nothing wrong has no violation', () => {
    assert.deepEqual(
      found(() => undefined),
      [],
    )
  })

  test('[ST2] [LG7] an acknowledged message that is not there is lost', () => {
    const laws = found(({ final, anna, ben }) => {
      takeBack(final, 4)
      for (const history of [anna, ben]) history.screens[0]?.runs[0]?.pop()
    })
    assert.deepEqual(laws, ['stuck', 'lost', 'stuck'].toSorted())
  })

  test('[OB3] a message that stands twice for one writing is a duplicate', () => {
    const laws = found(({ final, anna, ben }) => {
      const again = stands(final, 5, anna.userId, 'anna 2', 'a3')
      for (const history of [anna, ben]) show(history, again)
    })
    assert.deepEqual([...new Set(laws)], ['duplicate'])
  })

  test('[OB3] a key that two messages bear is a duplicate', () => {
    const laws = found(({ final, anna, ben }) => {
      anna.sends.push({
        ...wrote('anna 4', 'a1', 12),
        acked: { at: 13, message: stands(final, 5, anna.userId, 'anna 4', 'a1') },
      })
      for (const history of [anna, ben]) show(history, final.rooms[0]?.forward.at(-1) as Message)
    })
    assert.deepEqual(laws, ['duplicate'])
  })

  test('[RE1] a message that one screen showed twice is a duplicate there', () => {
    const laws = found(({ ben }) => {
      const run = ben.screens[0]?.runs[0] ?? []
      run.push(...run.slice(-1))
    })
    assert.ok(laws.includes('duplicate'))
  })

  test('[RE2] a message that one screen left out is against the order', () => {
    assert.deepEqual(
      found(({ ben }) => void ben.screens[0]?.runs[0]?.splice(1, 1)),
      ['order'],
    )
  })

  test('[LG5] two messages that one screen showed in another order are against the order', () => {
    assert.deepEqual(
      found(({ ben }) => void ben.screens[0]?.runs[0]?.reverse()),
      ['order', 'order'],
    )
  })

  test('[OP3] a screen that does not reach the end of its room is against the order', () => {
    assert.deepEqual(
      found(({ ben }) => void ben.screens[0]?.runs[0]?.pop()),
      ['order'],
    )
  })

  test('[OP3] an earlier screen may end anywhere, and may not show what never was', () => {
    const early = ({ ben }: Account) => void ben.screens[0]?.runs.unshift((ben.screens[0].runs[0] ?? []).slice(0, 2))
    assert.deepEqual(found(early), [])
    const phantom = (account: Account) => {
      early(account)
      account.ben.screens[0]?.runs[0]?.push({ seq: 4, messageId: 'm-phantom' as MessageId, text: 'never' })
    }
    assert.deepEqual(found(phantom), ['order'])
  })

  test('[OB2] what was acknowledged before another was begun has to stand before it', () => {
    const laws = found(({ anna, ben }) => {
      const [first, second] = [anna.sends[0], ben.sends[0]]
      if (first && second?.acked) [first.begunAt, second.acked.at] = [9, 8]
    })
    assert.deepEqual(laws, ['order'])
  })

  test('[OB2] one person’s messages keep the order they were written in', () => {
    assert.ok(found(({ anna }) => void anna.sends.reverse()).includes('order'))
  })

  test('[ST5] a number that is missing from a log is a gap', () => {
    assert.ok(found(({ final }) => void final.logs[0]?.events.splice(0, 1)).includes('gap'))
  })

  test('[ST6] a time that runs backwards in a place is seen', () => {
    assert.deepEqual(
      found(({ final }) => void Object.assign(final.logs[0]?.events[2] ?? {}, { at: 1 })),
      ['gap'],
    )
  })

  test('[LG1] a message without its event is seen', () => {
    const laws = found(({ final }) => void Object.assign(final.logs[0]?.events[2] ?? {}, { name: 'rooms.edited' }))
    assert.deepEqual(laws, ['lost'])
  })

  test('[RX1] a reaction that had its effect twice, never, or from nothing is seen', () => {
    assert.deepEqual(
      found(({ final }) => void (final.tally['room:r-1@3'] = 2)),
      ['reaction'],
    )
    assert.deepEqual(
      found(({ final }) => void delete final.tally['room:r-1@3']),
      ['reaction'],
    )
    assert.deepEqual(
      found(({ final }) => void (final.tally['room:r-1@99'] = 1)),
      ['reaction'],
    )
    assert.deepEqual(
      found(({ final }) => void Object.assign(final.logs[0] ?? {}, { unreacted: true })),
      ['reaction'],
    )
  })

  test('[ST11] a letter that changed is seen, by the checksum and by who wrote it', () => {
    const laws = found(({ final }) => {
      const message = final.rooms[0]?.forward[1]
      if (message) message.body = { kind: 'text', text: 'anna 1, a little longer' }
    })
    assert.ok(laws.filter((law) => law === 'content').length >= 3)
  })

  test('[AS1] a refused message that is there is seen, and so is one that was taken and had to be refused', () => {
    const refused = ({ anna }: Account) => {
      const [send] = anna.sends
      if (send) Object.assign(send, { acked: undefined, refused: { at: 2, code: 'NotFound' }, legal: false })
    }
    assert.deepEqual(found(refused), ['refused'])
    assert.deepEqual(
      found(({ anna }) => void Object.assign(anna.sends[0] ?? {}, { legal: false })),
      ['refused'],
    )
  })

  test('[OB1] a message whose outcome stays unknown is stuck', () => {
    assert.deepEqual(
      found(({ anna }) => void anna.sends.push(wrote('anna 9', 'a9', 0))),
      ['stuck'],
    )
  })

  test('[OP1] two readers that get different rooms are seen', () => {
    assert.deepEqual(
      found(({ final }) => void final.rooms[0]?.backward.pop()),
      ['order'],
    )
  })
})

type Account = { anna: History; ben: History; final: Final }

const roomId = 'r-1' as RoomId

/** The laws that a history breaks after this was done to it. */
function found(spoil: (account: Account) => void): Law[] {
  const account = healthy()
  spoil(account)
  return check([account.anna, account.ben], account.final)
    .map(({ law }) => law)
    .toSorted()
}

/** Two people, one room: number 1 is older than the load, then two messages of Anna's around one of Ben's. */
function healthy(): Account {
  const place = 'room:r-1' as const
  const final: Final = {
    rooms: [{ roomId, name: 'a room', startedAt: 1, backward: [], forward: [] }],
    logs: [{ place, seq: 0, unreacted: false, events: [] }],
    tally: {},
  }
  const anna: History = { name: 'anna', userId: 'u-a' as UserId, sends: [], screens: [screen()], faults: [] }
  const ben: History = { name: 'ben', userId: 'u-b' as UserId, sends: [], screens: [screen()], faults: [] }
  show(anna, stands(final, 1, anna.userId, 'before it all', 'a0'))
  for (const [nth, [who, text, key]] of (
    [
      [anna, 'anna 1', 'a1'],
      [ben, 'ben 1', 'b1'],
      [anna, 'anna 2', 'a3'],
    ] as const
  ).entries()) {
    const message = stands(final, nth + 2, who.userId, text, key)
    who.sends.push({ ...wrote(text, key, 2 * nth + 1), acked: { at: 2 * nth + 2, message: { ...message } } })
    for (const history of [anna, ben]) show(history, message)
  }
  return { anna, ben, final }
}

const screen = (): History['screens'][number] => ({ roomId, cursor: 0, runs: [[]] })

const wrote = (text: string, key: string, begunAt: number): History['sends'][number] => ({
  roomId,
  localId: key,
  text,
  legal: true,
  begunAt,
  tries: 1,
})

/** Puts a message into the room, its log and the tally. */
function stands(final: Final, seq: number, authorId: UserId, text: string, key: string): Message {
  const draft = {
    messageId: `m-${seq}` as MessageId,
    roomId,
    authorId,
    localId: key as LocalId,
    body: { kind: 'text' as const, text },
    replyTo: null,
    at: 1000 + seq,
    editedAt: null,
    deletedAt: null,
    seq,
    rev: seq,
  }
  const message: Message = { ...draft, checksum: checksumOf(draft) }
  final.rooms[0]?.forward.push(message)
  final.rooms[0]?.backward.push(message)
  final.logs[0]?.events.push({ seq, at: draft.at, name: messageSent.name, data: {} })
  if (final.logs[0]) final.logs[0].seq = seq
  if (seq > 1) final.tally[`room:r-1@${seq}`] = 1
  return message
}

/** Takes the last message out of the room and its log again, as if it had never been. */
function takeBack(final: Final, seq: number): void {
  final.rooms[0]?.forward.pop()
  final.rooms[0]?.backward.pop()
  final.logs[0]?.events.pop()
  if (final.logs[0]) final.logs[0].seq = seq - 1
  delete final.tally[`room:r-1@${seq}`]
}

function show(history: History, { seq, messageId, body }: Message): void {
  const on = history.screens[0]
  on?.runs[0]?.push({ seq, messageId, text: 'text' in body ? body.text : '' })
  if (on) on.cursor = seq
}
