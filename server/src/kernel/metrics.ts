import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** What the process counts of itself, for `/metrics`. A registry of its own, so two apps in one process do not mix. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'connectly_' })
  return {
    registry,
    asks: new Counter({
      name: 'connectly_asks_total',
      help: 'Methods asked, by outcome',
      labelNames: ['method', 'door', 'outcome'],
      registers,
    }),
    askSeconds: new Histogram({
      name: 'connectly_ask_seconds',
      help: 'Time from ask to answer',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    authFailures: new Counter({
      name: 'connectly_auth_failures_total',
      help: 'Sign-ins and sessions refused',
      labelNames: ['reason'],
      registers,
    }),
    sendFailures: new Counter({
      name: 'connectly_send_failures_total',
      help: 'Messages not taken',
      labelNames: ['code'],
      registers,
    }),
    penalties: new Counter({
      name: 'connectly_penalties_total',
      help: 'Strikes for abuse, by what they led to and what for',
      labelNames: ['kind', 'reason'],
      registers,
    }),
    commits: new Histogram({
      name: 'connectly_commit_changes',
      help: 'Changes in one commit',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    frames: new Counter({ name: 'connectly_frames_total', help: 'Frames told to places', registers }),
    gaps: new Counter({
      name: 'connectly_gaps_total',
      help: 'Places whose missed events were read from the log',
      registers,
    }),
    lost: new Gauge({
      name: 'connectly_messages_lost',
      help: 'Messages to other processes that are known to be lost; what they told is read from the log',
      registers,
    }),
    sockets: new Gauge({ name: 'connectly_sockets', help: 'Open sockets', registers }),
    disconnects: new Counter({
      name: 'connectly_disconnects_total',
      help: 'Sockets closed, by reason',
      labelNames: ['reason'],
      registers,
    }),
    reactions: new Counter({
      name: 'connectly_reactions_total',
      help: 'Reactions run, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    faults: new Counter({
      name: 'connectly_faults_total',
      help: 'Faults of ours: asks, requests and rejections that nobody handled',
      labelNames: ['where'],
      registers,
    }),
    suspicious: new Counter({
      name: 'connectly_suspicious_total',
      help: 'What no client of ours does, by reason',
      labelNames: ['reason'],
      registers,
    }),
    requests: new Counter({
      name: 'connectly_http_requests_total',
      help: 'HTTP requests, by status',
      labelNames: ['status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'connectly_http_request_seconds',
      help: 'Time from an HTTP request to its answer, by the first digit of its status',
      labelNames: ['status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
  }
}
