import {
  deleteMessage,
  editMessage,
  markDelivered,
  markRead,
  sendMessage,
  type LocalId,
  type Mention,
  type Message,
  type MessageId,
} from '@connectly/protocol'
import { newId } from '@connectly/server/test-kit'
import type { Name, People, Rooms } from './world.ts'

export type Clock = {
  now: () => number
  /** Stands at a time of day, so many days ago. */
  at: (daysAgo: number, time: string) => void
}

/** From which number on each room is unread, and a message that has been read, delivered and neither. */
export type Unread = { from: Partial<Record<keyof Rooms, number>>; told: Message }

/** Enough to scroll through: who brings what. */
const packing =
  'Sun cream, Maps, The small stove, Coffee, A lemon, The other lemon, Cards, Dice, Rope, A torch, Batteries, Soap, Towels, A kite, The guitar, Strings, A needle, Thread, Plasters, Stamps, Postcards, A pen, Glue, The tent, Its poles, A hammer, Pegs, Matches, A candle, Raincoats'.split(
    ', ',
  )
const travellers: readonly Name[] = ['mateo', 'priya', 'amara', 'noor', 'joao']

/** What everybody says, in the order of time. */
export async function chatter(people: People, rooms: Rooms, clock: Clock): Promise<Unread> {
  const { say, edit, read } = speech(people, rooms)
  const from: Unread['from'] = {}

  clock.at(8, '18:30')
  for (const [nth, thing] of packing.entries())
    await say('lisbon', travellers[nth % travellers.length] ?? 'mateo', `${thing}: mine`)
  clock.at(6, '11:20')
  await say('sofia', 'noor', 'Sent you the pictures of the door')
  await read('sofia', 'sofia')
  clock.at(6, '11:40')
  const pace = ['Who’s in on Sunday?', 'Me!', 'If it’s flat', 'It is never flat', 'Then I’m the one with the bike']
  for (const [nth, text] of [...pace, ...pace].entries()) {
    const sent = await say('runners', nth % 2 ? 'mateo' : 'priya', text)
    from.runners ??= sent.seq
  }
  await say('runners', 'mateo', 'Same place?')
  await say('runners', 'priya', '8k along the river, easy pace')

  clock.at(1, '19:04')
  await say('lisbon', 'mateo', 'Who’s bringing what? Thermos is mine')
  await say('lisbon', 'leila', 'التمر والقهوة علي')
  await say('lisbon', 'noor', 'Blankets, two')
  await say('joao', 'joao', 'Jantar às oito?')
  clock.at(0, '16:05')
  await say('linh', 'linh', 'Mai gặp nhau nhé?')
  await read('linh', 'noor')
  clock.at(0, '17:40')
  await say('joao', 'noor', 'Combinado, levo o vinho')
  await read('joao', 'joao')
  clock.at(0, '18:22')
  await say('yulia', 'yulia', 'Дякую за голосове, слухаю вже втретє')
  await read('yulia', 'noor')
  clock.at(0, '19:58')
  await say('leila', 'leila', 'شكراً! أراكِ غداً إن شاء الله')
  await read('leila', 'noor')
  clock.at(0, '20:37')
  from.kenji = (await say('kenji', 'kenji', '明日の資料、共有フォルダに置きました')).seq

  clock.at(0, '20:44')
  await say('lisbon', 'mateo', 'I have **two** plans: *early* and ~~very early~~ later')
  const gone = await say('lisbon', 'joao', 'Is this the right group?')
  await people.joao.ask(deleteMessage, { roomId: rooms.lisbon, messageId: gone.messageId })
  clock.at(0, '20:52')
  const tickets = await say('lisbon', 'amara', 'Did anyone keep the tram tickets?')
  clock.at(0, '20:53')
  await say('lisbon', 'noor', 'In my blue jacket, both of them', { replyTo: tickets.messageId })

  clock.at(0, '20:54')
  const scouted = await say('amara', 'amara', 'Scouted it this morning. The light on the river is unreal around eight')
  clock.at(0, '20:58')
  await say('amara', 'noor', 'Sold. Which ferry gets us there before the sun does?', { replyTo: scouted.messageId })
  await read('amara', 'amara')
  const told = await say('lisbon', 'noor', 'Meet under the clock at 7:30')
  clock.at(0, '20:59')
  await edit(told, 'Meet under the clock at 7:30, terminal side')
  clock.at(0, '21:01')
  await edit(told, 'Meet under the clock at 7:25, terminal side')
  clock.at(0, '21:02')
  await say('amara', 'amara', 'Let me look at the timetable')
  await read('amara', 'noor')
  clock.at(0, '21:03')
  for (const name of ['amara', 'kenji'] as const) await read('lisbon', name)
  await people.leila.ask(markDelivered, { marks: [{ roomId: rooms.lisbon, seq: told.seq }] })

  clock.at(0, '21:04')
  from.lisbon = (await say('lisbon', 'priya', 'Final version. Ferry at 7:40')).seq
  await read('lisbon', 'priya')
  clock.at(0, '21:07')
  from.amara = (await say('amara', 'amara', 'This one: https://transtejo.pt/horarios')).seq
  clock.at(0, '21:08')
  const clockAt = await say('amara', 'amara', 'The 7:45 is the one. Meet under the clock?')
  await edit(clockAt, 'The 7:40 is the one. Meet under the clock?')
  clock.at(0, '21:08:30')
  await say('lisbon', 'mateo', '@Noor Haddad bring the thermos, please', { mentions: [{ who: 'noor', length: 12 }] })
  await say('lisbon', 'mateo', 'Terminal at 7:25, not a minute later')
  return { from, told }
}

type Saying = { replyTo?: MessageId; mentions?: { who: Name; length: number }[] }

function speech(people: People, rooms: Rooms) {
  const last = new Map<keyof Rooms, number>()
  return {
    say: async (room: keyof Rooms, who: Name, text: string, { replyTo, mentions = [] }: Saying = {}) => {
      const named = mentions.map((mention): Mention => ({
        who: people[mention.who].userId,
        start: text.indexOf('@'),
        length: mention.length,
      }))
      const said = await people[who].ask(sendMessage, {
        roomId: rooms[room],
        localId: newId<LocalId>(),
        body: { kind: 'text', text, ...(named.length > 0 && { mentions: named }) },
        ...(replyTo && { replyToId: replyTo }),
      })
      last.set(room, said.seq)
      return said
    },
    edit: async (message: Message, text: string) => {
      const author = Object.values(people).find(({ userId }) => userId === message.authorId)
      const { roomId, messageId } = message
      await author?.ask(editMessage, { roomId, messageId, body: { kind: 'text', text } })
    },
    read: async (room: keyof Rooms, who: Name) => {
      await people[who].ask(markRead, { roomId: rooms[room], seq: last.get(room) ?? 0 })
    },
  }
}
