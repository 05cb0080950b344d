// A WebSocket proxy before a node that hides the new families of methods from
// rpc_methods, as a node without them would; and refuses them.
import WebSocket, { WebSocketServer } from 'ws'
import { modern } from './check.mjs'

// legacyOnly returns the address of a proxy and the calls that came through it.
export async function legacyOnly(url) {
  const calls = new Map()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  server.on('connection', (client) => {
    const node = new WebSocket(url)
    const lists = new Set() // ids of requests of rpc_methods
    const early = []
    client.on('message', (data) => {
      const { id, method } = JSON.parse(data)
      calls.set(method, (calls.get(method) ?? 0) + 1)
      if (modern(method)) return client.send(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } }))
      if (method === 'rpc_methods') lists.add(id)
      if (node.readyState === WebSocket.OPEN) node.send(`${data}`)
      else early.push(`${data}`)
    })
    node.on('open', () => early.splice(0).forEach((data) => node.send(data)))
    node.on('message', (data) => {
      const message = JSON.parse(data)
      if (!lists.delete(message.id)) return client.send(`${data}`)
      message.result.methods = message.result.methods.filter((m) => !modern(m))
      client.send(JSON.stringify(message))
    })
    node.on('close', () => client.close())
    node.on('error', () => client.close())
    client.on('close', () => node.close())
  })
  return { url: `ws://127.0.0.1:${server.address().port}`, calls, close: () => server.close() }
}
