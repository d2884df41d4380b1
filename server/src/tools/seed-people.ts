/* Who is there to try Connectly with, and what they have said. Invented, in several scripts and directions. */

/** The password of everybody in the seed: known to all, so never for a server that others reach. */
export const PASSWORD = 'paper boats at dawn'

/** Usernames and names. */
export const people = {
  alice: 'Alice Martin',
  bob: 'Bob Okafor',
  carol: 'Carol Jensen',
  dave: 'Dave Kim',
  amelie: 'Amélie Dubois',
  yulia: 'Юлия Петрова',
  layla: 'ليلى حداد',
  taro: '山田 太郎',
  priya: 'प्रिया शर्मा',
} as const
export type Name = keyof typeof people

/** Who asked whom to talk, in which words. Those who said yes share a direct room. */
export const asked: readonly { from: Name; to: Name; text: string; isAccepted: boolean }[] = [
  { from: 'bob', to: 'alice', text: 'Hi Alice, Bob from the choir. Is this you?', isAccepted: true },
  { from: 'alice', to: 'carol', text: 'Carol! You are here too?', isAccepted: true },
  { from: 'dave', to: 'alice', text: 'Hello, Bob said you know about the boat.', isAccepted: true },
  { from: 'alice', to: 'amelie', text: 'Bonjour Amélie, c’est Alice.', isAccepted: true },
  { from: 'yulia', to: 'alice', text: 'Привет, Алиса! Это Юля.', isAccepted: true },
  { from: 'alice', to: 'layla', text: 'مرحبا ليلى', isAccepted: true },
  { from: 'taro', to: 'alice', text: 'アリスさん、こんにちは。', isAccepted: true },
  { from: 'bob', to: 'carol', text: 'Carol, do you still have my ladder?', isAccepted: true },
  {
    from: 'priya',
    to: 'alice',
    text: 'नमस्ते Alice, Carol gave me your name. May I ask you about the workshop?',
    isAccepted: false,
  },
  { from: 'dave', to: 'carol', text: 'Hello Carol, I am a friend of Bob’s.', isAccepted: false },
]

/** A conversation: its title if it is a group, who takes part, how long ago it began, and who said what. */
type Talk = {
  group?: string
  between: readonly [Name, ...Name[]]
  daysAgo: number
  lines: readonly (readonly [Name, string])[]
}

export const talks: readonly Talk[] = [
  {
    between: ['alice', 'carol'],
    daysAgo: 3,
    lines: [
      ['carol', 'I am! Since yesterday. It took me longer to choose a password than to sign up.'],
      ['alice', 'A long one, I hope'],
      ['carol', 'Four words and a comma 😌'],
      ['alice', 'Could you send me the recipe of the plum cake?'],
      [
        'carol',
        '**Plum cake**\n\n- 500 g plums\n- 200 g flour\n- 120 g butter\n- 100 g sugar\n- 2 eggs\n\nHalf an hour at 180 °C. Then do *not* open the door.',
      ],
      ['alice', 'Half an hour? Mine always needs fifty minutes'],
      ['carol', 'Your oven is from the last century, dear'],
      ['alice', '😂'],
    ],
  },
  {
    between: ['alice', 'dave'],
    daysAgo: 2,
    lines: [
      ['alice', 'I know where she lies, if that helps: the third jetty, next to the red one.'],
      ['dave', 'Perfect. And the motor?'],
      [
        'alice',
        'Starts at the second pull. If it does not:\n\n```\nchoke out\nwait ten seconds\npull once, gently\nchoke in\n```',
      ],
      ['dave', 'Noted. https://www.example.org/tides says low water is at 16:40'],
      ['alice', 'Then be back by four'],
    ],
  },
  {
    between: ['alice', 'amelie'],
    daysAgo: 4,
    lines: [
      ['amelie', 'Bonjour ! Ça y est, je suis inscrite.'],
      ['alice', 'Super ! Tu viens samedi ?'],
      ['amelie', 'Oui, avec les enfants. J’apporte des crêpes 🥞'],
    ],
  },
  {
    between: ['alice', 'yulia'],
    daysAgo: 4,
    lines: [
      ['alice', 'Привет, Юля! Как дела?'],
      ['yulia', 'Хорошо! Завтра прилетаю, самолёт в девять сорок.'],
      ['alice', 'Я встречу тебя 🙂'],
    ],
  },
  {
    between: ['alice', 'layla'],
    daysAgo: 5,
    lines: [
      ['layla', 'أهلا أليس! كيف حالك؟'],
      ['alice', 'بخير، شكرا. هل ستأتين يوم السبت؟'],
      ['layla', 'إن شاء الله. سأصل الساعة 14:30 مع أختي.'],
    ],
  },
  {
    between: ['alice', 'taro'],
    daysAgo: 6,
    lines: [
      ['alice', '太郎さん、お久しぶりです!'],
      ['taro', '土曜日、楽しみにしています。'],
      ['taro', '何か持って行きましょうか?'],
    ],
  },
  {
    between: ['bob', 'carol'],
    daysAgo: 1,
    lines: [
      ['carol', 'Which ladder?'],
      ['bob', 'The one that you are standing on in every photograph of your garden.'],
      ['carol', 'Ah. That ladder.'],
    ],
  },
  {
    group: 'Saturday at the lake',
    between: ['alice', 'bob', 'carol', 'dave', 'amelie', 'yulia', 'layla', 'taro'],
    daysAgo: 1,
    lines: [
      ['alice', 'Everybody here? This is for Saturday: who comes, who brings what.'],
      ['carol', 'Here! Cake.'],
      ['bob', 'Two guitars and no songs'],
      ['dave', 'The boat, if the motor wants to'],
      ['amelie', 'Des crêpes, et trois enfants'],
      ['yulia', 'Я привезу чай ☕'],
      ['layla', 'سأحضر التبولة'],
      ['taro', 'おにぎりを作ります 🍙'],
      ['alice', 'That is already enough for twenty. I bring plates.'],
      ['bob', 'When?'],
      ['alice', 'From two on. Whoever comes by train: the 13:12, and I am at the station with the car.'],
      ['dave', 'And if it rains?'],
      ['carol', 'Then we get wet and go to mine'],
      [
        'alice',
        'There is a roof by the water, big enough for all of us and both guitars. I asked the woman who keeps the key: she leaves it under the second flower pot from the left, and says that the light switch is behind the door, that the stove needs ten minutes before it stops smoking, and that nobody should believe the clock.',
      ],
      ['bob', 'Which clock?'],
      ['taro', '時計を信じないで 😄'],
      ['yulia', '😂😂'],
      ['amelie', 'On se retrouve où, exactement ?'],
      ['alice', 'The jetty by the boathouse. ~~Parking is free~~ There is no parking, take the train.'],
      ['dave', '> Parking is free\n\nIt never was'],
      ['layla', 'هل يمكنني إحضار صديقة؟'],
      ['alice', 'Of course! The more the better'],
      ['carol', 'Saturday, then 🎉'],
    ],
  },
  {
    between: ['alice', 'bob'],
    daysAgo: 6,
    lines: rehearsal(),
  },
]

/** A long conversation, to scroll through. */
function rehearsal(): (readonly [Name, string])[] {
  const opening = [
    'Did you look at bar',
    'I still stumble over bar',
    'Again from bar',
    'The altos come in too early at bar',
    'Breathe before bar',
    'Softer at bar',
    'It sounded right today, apart from bar',
  ]
  const replies = [
    'Yes, twice.',
    'I know 🙈',
    'Count to three and then come in.',
    'That is the conductor, not us.',
    'Shall we meet half an hour earlier on Thursday?',
    'I marked it in pencil.',
    'Honestly, nobody in the last row will hear it.',
    'Listen to the recording from *last* week, at 2:40.',
    '👍',
  ]
  const lines: (readonly [Name, string])[] = [['alice', 'It is me. Welcome!']]
  for (let bar = 1; bar <= 110; bar++) {
    const [one, other]: [Name, Name] = bar % 3 === 0 ? ['alice', 'bob'] : ['bob', 'alice']
    lines.push([one, `${opening[bar % opening.length]} ${bar}${bar % 4 === 0 ? '?' : '.'}`])
    lines.push([other, replies[(bar * 4) % replies.length] ?? ''])
  }
  lines.push(['bob', 'See you on Saturday. I bring both guitars.'])
  return lines
}
