// What every script here shares: one line a check, an exit code, and a failure for
// whatever a library prints. Import it before any library.
import { isDeepStrictEqual } from 'node:util'

const out = process.stdout.write.bind(process.stdout)
const printed = []
let bad = 0

for (const stream of [process.stdout, process.stderr]) {
  stream.write = (text) => {
    printed.push(...String(text).split('\n').filter((line) => line.trim()))
    return true
  }
}
process.on('warning', (w) => printed.push(`${w.name}: ${w.message}`))
process.on('unhandledRejection', (e) => fail('unhandled rejection', e))
process.on('uncaughtException', (e) => fail('uncaught exception', e))

const text = (value) =>
  value instanceof Error
    ? value.stack
    : typeof value === 'string'
      ? value
      : JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v))

// pass and fail report a check; skip says loudly what a chain has nothing to check by.
export const pass = (name, detail = '') => out(`ok    ${name}${detail === '' ? '' : `: ${text(detail)}`}\n`)
export const skip = (name, why) => out(`SKIP  ${name}: ${why}\n`)
export function fail(name, why) {
  bad++
  out(`FAIL  ${name}: ${text(why)}\n`)
}

// ok reports whether the condition holds.
export const ok = (name, condition, detail = '') => (condition ? pass(name, detail) : fail(name, detail))

// same reports whether two values are deeply equal.
export const same = (name, got, want) =>
  isDeepStrictEqual(got, want) ? pass(name, got) : fail(name, `got ${text(got)}, want ${text(want)}`)

// outcome is the promise's value, or the error it ends with.
export const outcome = (promise) => promise.catch((error) => error)

// within is the promise's value, or an error after so many seconds.
export function within(seconds, what, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing after ${seconds} s`)), seconds * 1000)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

// again tries up to three times: a test network pays from the same accounts as the
// scripts, and the transaction of one makes that of the other stale.
export async function again(attempt) {
  for (let left = 2; ; left--) {
    try {
      return await attempt()
    } catch (e) {
      if (left === 0) throw e
    }
  }
}

// warnings returns the lines that libraries printed since the last call.
export const warnings = () => printed.splice(0)

// quiet fails for every line that a library printed since the last call of warnings.
export function quiet(name) {
  const lines = warnings()
  ok(`${name}: the library prints no warning`, lines.length === 0, lines.join(' | '))
}

// main runs a script and ends the process with its verdict.
export async function main(script) {
  try {
    await within(200, 'the script', script())
  } catch (e) {
    fail('the script ended early', e)
  }
  quiet('whole run')
  process.exit(bad === 0 ? 0 : 1)
}

// modern says whether a method is of a family of the new JSON-RPC specification.
export const modern = (method) => /^(archive|bitswap|chainHead|chainSpec|transaction|transactionWatch)_v\d+_/.test(method)
