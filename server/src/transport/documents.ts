import { generalRefusals, refusals, registry, type Method, type RefusalCode } from '@connectly/protocol'
import * as z from 'zod/mini'

/* OpenAPI and AsyncAPI, made from the registry alone: what they say is what the doors do. */

type Json = Record<string, unknown>
let madeOpenApi: Json | undefined
let madeAsyncApi: Json | undefined

const jsonSchema = (schema: z.ZodMiniType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as Json
  return rest
}

const refusalSchema: Json = {
  type: 'object',
  required: ['ok', 'refusal'],
  properties: {
    ok: { const: false },
    refusal: {
      type: 'object',
      required: ['code', 'requestId'],
      properties: { code: { enum: Object.keys(refusals) }, params: { type: 'object' }, requestId: { type: 'string' } },
    },
  },
}

/** OpenAPI 3.1: every method as `POST /api/<name>`. */
export function openApi(): Json {
  madeOpenApi ??= {
    openapi: '3.1.0',
    info: {
      title: 'Connectly',
      version: '0.1.0',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Every method of the wire as a POST. From a browser: the session cookie, our own Origin, and the header `X-CSRF-Token` repeating the cookie `connectly_csrf`. From anywhere else: `Authorization: Bearer <token>` and no cookie.',
    },
    servers: [{ url: '/api' }],
    security: [{ bearer: [] }, { cookie: [] }],
    paths: Object.fromEntries(
      [...registry.methods.values()].map((method) => [`/${method.name}`, { post: operation(method) }]),
    ),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'connectly' },
      },
      schemas: { Refusal: refusalSchema },
    },
  }
  return madeOpenApi
}

function operation(method: Method): Json {
  const codes: RefusalCode[] = [...method.refusals, ...generalRefusals]
  const byStatus = new Map<number, RefusalCode[]>()
  for (const code of codes) byStatus.set(refusals[code].status, [...(byStatus.get(refusals[code].status) ?? []), code])
  return {
    operationId: method.name,
    summary: method.means,
    description: `Access: ${accessText(method)}. Limit: ${method.limit}.${method.once ? ` A repeat with the same \`${method.once}\` gets the first answer.` : ''}`,
    ...(method.access.who === 'anyone' && { security: [] }),
    requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(method.input, 'input') } } },
    responses: {
      200: {
        description: 'The answer.',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['ok', 'value'],
              properties: { ok: { const: true }, value: jsonSchema(method.output, 'output') },
            },
          },
        },
      },
      ...Object.fromEntries(
        [...byStatus]
          .sort(([a], [b]) => a - b)
          .map(([status, list]) => [
            status,
            {
              description: list.map((code) => `${code}: ${refusals[code].means}`).join(' '),
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
            },
          ]),
      ),
    },
  }
}

/** Who may ask, in words. */
export function accessText({ access }: Method): string {
  const parts = [access.who === 'anyone' ? 'anyone' : 'a session']
  if (access.kinds) parts.push(`of kind ${access.kinds.join(' or ')}`)
  if (access.seat)
    parts.push(`with a seat in \`${access.seat.field}\`${access.seat.right ? ` that may ${access.seat.right}` : ''}`)
  if (access.own) parts.push(`of the person who is \`${access.own.column}\` of the \`${access.own.field}\``)
  return parts.join(' ')
}

/** AsyncAPI 3: what is heard on the socket, and the one event that asks. */
export function asyncApi(): Json {
  const message = (name: string, title: string, payload: Json): [string, Json] => [name, { name, title, payload }]
  const events = [...registry.events.values()].map((event) =>
    message(event.name, event.means, {
      type: 'object',
      required: ['seq', 'at', 'name', 'data'],
      properties: {
        seq: { type: 'integer' },
        at: { type: 'integer' },
        name: { const: event.name },
        data: jsonSchema(event.data, 'output'),
      },
    }),
  )
  const signals = [...registry.signals.values()].map((signal) =>
    message(signal.name, signal.means, jsonSchema(signal.data, 'output')),
  )
  const asks = [...registry.methods.values()]
    .filter((method) => method.door === 'both')
    .map((method) =>
      message(method.name, method.means, {
        type: 'array',
        prefixItems: [{ const: method.name }, jsonSchema(method.input, 'input')],
      }),
    )
  const refs = (list: [string, Json][]) => list.map(([name]) => ({ $ref: `#/channels/socket/messages/${name}` }))
  madeAsyncApi ??= {
    asyncapi: '3.0.0',
    info: {
      title: 'Connectly socket',
      version: '0.1.0',
      description:
        'Socket.IO 4 at /socket.io. The client emits `ask` with a method name and its input, and gets the answer as acknowledgement. Events arrive in frames `told` { place, events[] }, signals under their own name.',
    },
    channels: { socket: { address: '/socket.io', messages: Object.fromEntries([...asks, ...events, ...signals]) } },
    operations: {
      ask: { action: 'send', channel: { $ref: '#/channels/socket' }, messages: refs(asks) },
      told: { action: 'receive', channel: { $ref: '#/channels/socket' }, messages: refs(events) },
      signal: { action: 'receive', channel: { $ref: '#/channels/socket' }, messages: refs(signals) },
    },
  }
  return madeAsyncApi
}
