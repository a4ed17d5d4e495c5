// Connectors that hold links and are asked nothing. Prints a line when all stand.
// node bench/idle-links.ts <links of each> <enrolment token …>
import { createPrivateKey } from 'node:crypto'
import { silentLog } from '../src/base/log.ts'
import { enrol } from '../src/connector/enrolment.ts'
import { connectLink } from '../src/tunnel/connector-end.ts'

const [each = '0', ...tokens] = process.argv.slice(2)
const machineName = 'bench'

for (const token of tokens) {
  const { connectorId, privateKey, caPem, edge } = await enrol(token, { machineName })
  for (let link = 0; link < Number(each); link++) {
    await connectLink({
      edge,
      caPem,
      connectorId,
      privateKey: createPrivateKey(privateKey),
      machineName,
      version: '0',
      serve: () => {
        throw new Error('nobody asks anything here')
      },
      log: silentLog,
    })
  }
}
console.log('all links stand')
